// A function that fails in every way there is, as the event asks.

import fs from 'node:fs';

let runs = 0;

export async function handler(event) {
  runs += 1;
  switch (event.do) {
    case 'mark':
      fs.writeFileSync('/tmp/mark', '');
      break;
    case 'raise':
      throw new RangeError('as asked');
    case 'exit':
      process.exit(event.code);
      break;
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => setTimeout(() => {}, 60_000));
      break;
    case 'allocate': {
      const held = [];
      // Outside the heap, which has a limit of its own; filled, because pages of zeroes are not there until written.
      for (;;) held.push(Buffer.alloc(16 << 20, 1));
    }
    case 'sleep':
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      break;
    case 'answer':
      return 'a'.repeat(event.bytes - 2);
    case 'log':
      for (let line = 0; line < event.lines; line += 1) console.log(`line ${line}`);
      break;
    case 'rubbish': {
      const bytes = [...Array(256).keys()];
      fs.writeSync(1, Buffer.from([...bytes, ...bytes.reverse()]));
      fs.writeSync(1, '\nafter the rubbish\n');
      break;
    }
    default:
  }
  return { runs, marked: fs.existsSync('/tmp/mark') };
}
