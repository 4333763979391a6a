import urllib.request

with urllib.request.urlopen("http://www.sina.com.cn/") as answer:
    print(answer.headers)
    open("sina.html", "wb").write(answer.read())
