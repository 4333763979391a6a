/* It says goodbye at a word of its own, and its source is out of sight. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(9999)};
    int door = socket(AF_INET, SOCK_STREAM, 0);
    bind(door, (struct sockaddr *)&at, sizeof at);
    listen(door, 5);
    for (;;) {
        int conn = accept(door, NULL, NULL);
        if (fork() == 0) {
            char word[1024] = "";
            ssize_t got;
            write(conn, "Welcome!", 8);
            while ((got = read(conn, word, sizeof word - 1)) > 0) {
                word[got] = 0;
                if (strcmp(word, "quit") == 0) break;
                dprintf(conn, "Hello, %s!", word);
            }
            _exit(0);
        }
        close(conn);
    }
}
