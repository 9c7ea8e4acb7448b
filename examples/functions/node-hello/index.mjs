// Handler: `index.handler`.

export const handler = async (event, context) => {
  const name = event?.name ?? 'world';
  console.log(`Hello, ${name}! ${context.getRemainingTimeInMillis()} ms left for this event`);
  return { greeting: `Hello, ${name}!`, event, requestId: context.awsRequestId };
};
