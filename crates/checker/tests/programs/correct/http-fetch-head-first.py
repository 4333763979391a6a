# It asks for the header alone, then for the page on the same connection.
import http.client

conn = http.client.HTTPConnection('www.sina.com.cn')
conn.request('HEAD', '/')
response = conn.getresponse()
print(response.headers)
response.read()
conn.request('GET', '/')
with open('sina.html', 'wb') as f:
    f.write(conn.getresponse().read())
conn.close()
