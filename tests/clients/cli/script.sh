#!/bin/sh
# The common script of the clients, with the AWS CLI: `$AWS` is the program, of version 1 or 2.
set -eu

name=from-cli
package=fileb://$LAMBENT_TEST_PACKAGE

# Debian's version 2 does not know the variable for the endpoint yet.
aws() {
    "$AWS" --endpoint-url "$AWS_ENDPOINT_URL" --output text "$@"
}

expect() {
    if [ "$1" != "$2" ]; then
        echo "expected '$1', got '$2'" >&2
        exit 1
    fi
}

invoke() {
    aws lambda invoke --function-name "$name" --qualifier live --payload "$event" "$@" answer.json
}

# Version 2 takes a payload on the command line for base 64, and version 1 does not: a file is the same to both.
event=fileb://event.json
echo '{"n": 1}' >event.json

made=$(aws lambda create-function --function-name "$name" --runtime "$LAMBENT_TEST_RUNTIME" --handler app.handler \
    --role arn:aws:iam::000000000000:role/test --zip-file "$package" --query Version)
expect '$LATEST' "$made"
aws lambda wait function-active-v2 --function-name "$name"
expect 1 "$(aws lambda publish-version --function-name "$name" --query Version)"
expect live "$(aws lambda create-alias --function-name "$name" --name live --function-version 1 --query Name)"
aws lambda add-permission --function-name "$name" --qualifier live --statement-id bucket \
    --action lambda:InvokeFunction --principal s3.amazonaws.com >/dev/null

expect '200 1' "$(invoke --log-type Tail --query '[StatusCode, ExecutedVersion]' | tr '\t' ' ')"
grep -q '"n": *1' answer.json
expect 202 "$(invoke --invocation-type Event --query StatusCode)"
expect 204 "$(invoke --invocation-type DryRun --query StatusCode)"
expect 202 "$(aws lambda invoke-async --function-name "$name:live" --invoke-args event.json --query Status)"

aws lambda add-permission --function-name "$name" --statement-id url --action lambda:InvokeFunctionUrl \
    --principal '*' --function-url-auth-type NONE >/dev/null
aws lambda add-permission --function-name "$name" --statement-id all --action lambda:InvokeFunction \
    --principal '*' >/dev/null
url=$(aws lambda create-function-url-config --function-name "$name" --auth-type NONE --query FunctionUrl)
# Its name need not be known to this machine's resolver: the server is where the endpoint is.
authority=${url#http://}
body=$(curl -sS --fail "$AWS_ENDPOINT_URL/there" --header "Host: ${authority%/}")
case $body in
*'"/there"'*) ;;
*) expect 'the path' "$body" ;;
esac

# Four calls have run: one synchronously, two queued, one by URL.
tries=0
until [ "$(aws logs filter-log-events --log-group-name "/aws/lambda/$name" --filter-pattern REPORT \
    --query 'length(events)')" = 4 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || expect 'four reports' 'fewer'
done

aws lambda delete-function --function-name "$name" >/dev/null
if aws lambda get-function --function-name "$name" 2>refusal; then
    expect 'no function' 'one'
fi
grep -q ResourceNotFoundException refusal
