#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void hear(int fd) {
    char text[512];
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n > 0) { text[n] = 0; puts(text); }
}

void main(void) {
    struct addrinfo hints = {0}, *found;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("localhost", "9999", &hints, &found) != 0) return;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) return;
    hear(fd);
    write(fd, "Ada", 3);
    hear(fd);
    write(fd, "exit", 4);
    close(fd);
    printf("the end\n");
}
