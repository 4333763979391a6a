// The kernel lets it wait as for a slow disk, for longer than an answer may take: vfork returns when the child has ended.
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    if (vfork() == 0) {
        sleep(12);
        _exit(0);
    }
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(9999);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const char *names[] = {"Ada", "Grace", "Linus"};
    for (int i = 0; i < 3; i++) {
        char answer[512];
        sendto(fd, names[i], strlen(names[i]), 0, (struct sockaddr *)&to, sizeof to);
        ssize_t n = recv(fd, answer, sizeof answer, 0);
        printf("%.*s\n", (int)n, answer);
    }
    close(fd);
    return 0;
}
