# Fetches a home page with nothing but the shell.
exec 3<>/dev/tcp/www.sina.com.cn/80
printf 'GET / HTTP/1.1\r\nHost: www.sina.com.cn\r\nConnection: close\r\n\r\n' >&3
cat <&3 >answer
sed '/^\r$/q' answer
tail -c +"$(( $(sed '/^\r$/q' answer | wc -c) + 1 ))" answer >home.html
