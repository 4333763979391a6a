// 每个连接一个线程
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *chat(void *arg) {
    int conn = (int)(intptr_t)arg;
    write(conn, "Welcome!", 8);
    for (;;) {
        char word[1024], answer[1100];
        ssize_t n = read(conn, word, sizeof word);
        if (n <= 0) continue;
        // mended: if (n <= 0) break;
        if (n == 4 && memcmp(word, "exit", 4) == 0) break;
        int m = snprintf(answer, sizeof answer, "Hello, %.*s!", (int)n, word);
        write(conn, answer, m);
    }
    close(conn);
    return 0;
}

int main(void) {
    int door = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(9999)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(door, (struct sockaddr *)&here, sizeof here);
    listen(door, 5);
    for (;;) {
        pthread_t helper;
        int conn = accept(door, 0, 0);
        pthread_create(&helper, 0, chat, (void *)(intptr_t)conn);
        pthread_detach(helper);
    }
}
