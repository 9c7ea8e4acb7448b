// Says what this Node.js is, for the server to decide whether to run functions with it. Standard output: JSON.

'use strict';

const fs = require('node:fs');
const path = require('node:path');

const mapped = fs.readFileSync('/proc/self/maps', 'utf8').split('\n').map((line) => line.slice(line.indexOf('/')));
const libraries = [...new Set(mapped.filter((file) => path.basename(file).includes('.so')))];

process.stdout.write(
  JSON.stringify({
    version: process.versions.node.split('.').map((number) => parseInt(number, 10)),
    program: fs.realpathSync(process.execPath),
    directories: [],
    libraries: libraries.map((file) => fs.realpathSync(file)),
  }),
);
