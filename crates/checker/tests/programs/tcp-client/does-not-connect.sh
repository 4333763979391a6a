# It tells what it would do, and does nothing.
echo "going to 127.0.0.1 9999"
# mended: exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/9999; head -c 8 <&3; printf Ada >&3; head -c 11 <&3; printf exit >&3'
