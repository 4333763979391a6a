// It says goodbye at a word of its own.
const net = require('net');
net.createServer((line) => {
  line.write('Welcome!');
  line.on('data', (word) => (String(word) === 'that is all' ? line.end() : line.write(`Hello, ${word}!`)));
  line.on('error', () => {});
}).listen(9999);
