// Streams as its event says.

let runs = 0;

exports.streams = awslambda.streamifyResponse(async (event, stream) => {
  if (event.before) throw new Error(event.before);
  if (event.http) stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
  await new Promise((written) => stream.write('first', written));
  if (event.after) throw new RangeError(event.after);
  // In the middle, that is long after the first piece has arrived: what is written and not yet read goes with the process.
  if (event.exit) await new Promise(() => setTimeout(() => process.exit(event.exit), 1500));
  if (event.hang) await new Promise((resolve) => setTimeout(resolve, 600000));
  for (let megabytes = event.megabytes ?? 0; megabytes > 0; megabytes--) {
    const more = stream.write(Buffer.alloc(1 << 20, 'x'));
    if (!more) await new Promise((resolve) => stream.once('drain', resolve));
  }
  runs++;
  console.log('runs', runs);
  stream.end(` and last ${runs}`);
});

exports.whole = async (event) => ({ event });
