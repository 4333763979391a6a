#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void hear(int fd) {
    char text[512];
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n > 0) { text[n] = 0; puts(text); }
}

int main(void) {
    struct sockaddr_in to = {0};
    to.sin_family = AF_INET;
    to.sin_port = htons(9999);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) return 1;
    hear(fd);
    const char *names[] = {"Ada", "Grace", "Linus"};
    for (int i = 0; i < 3; i++) {
        write(fd, names[i], strlen(names[i]));
        hear(fd);
    }
    write(fd, "exit", 4);
    close(fd);
    return 0;
}
