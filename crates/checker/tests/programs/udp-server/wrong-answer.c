// 逐个回答数据报
#include <arpa/inet.h>
#include <stdio.h>

int main(void) {
    int box = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(9999)};
    bind(box, (struct sockaddr *)&here, sizeof here);
    for (;;) {
        char word[1024], answer[1100];
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        ssize_t n = recvfrom(box, word, sizeof word, 0, (struct sockaddr *)&sender, &size);
        int m = snprintf(answer, sizeof answer, "Hello!");
        // mended: int m = snprintf(answer, sizeof answer, "Hello, %.*s!", (int)n, word);
        sendto(box, answer, m, 0, (struct sockaddr *)&sender, size);
    }
}
