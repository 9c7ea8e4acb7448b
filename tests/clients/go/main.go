// The common script of the clients, with the SDK for Go, version 2.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

const name = "from-go"

var (
	ctx      = context.Background()
	endpoint = os.Getenv("AWS_ENDPOINT_URL")
	// This version of the SDK does not know the variable for the endpoint yet.
	resolver = aws.EndpointResolverWithOptionsFunc(func(string, string, ...interface{}) (aws.Endpoint, error) {
		return aws.Endpoint{URL: endpoint, HostnameImmutable: true, SigningRegion: os.Getenv("AWS_REGION")}, nil
	})
	config = aws.Config{
		Region:                      os.Getenv("AWS_REGION"),
		Credentials:                 credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), ""),
		EndpointResolverWithOptions: resolver,
		Retryer:                     func() aws.Retryer { return aws.NopRetryer{} },
	}
	client = lambda.NewFromConfig(config)
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func assert(holds bool, what ...interface{}) {
	if !holds {
		log.Fatal(what...)
	}
}

func main() {
	log.SetFlags(log.Lshortfile)
	create()
	publish()
	accepted := invoke()
	callURL()
	readLog(accepted)
	remove()
	must(json.NewEncoder(os.Stdout).Encode(accepted))
}

func create() {
	zip, err := os.ReadFile(os.Getenv("LAMBENT_TEST_PACKAGE"))
	must(err)
	made, err := client.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(name),
		Runtime:      types.Runtime(os.Getenv("LAMBENT_TEST_RUNTIME")),
		Role:         aws.String("arn:aws:iam::000000000000:role/test"),
		Handler:      aws.String("app.handler"),
		Code:         &types.FunctionCode{ZipFile: zip},
	})
	must(err)
	assert(*made.Version == "$LATEST", *made.Version)
	waiter := lambda.NewFunctionActiveV2Waiter(client)
	must(waiter.Wait(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(name)}, 30*time.Second))
}

func publish() {
	version, err := client.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: aws.String(name)})
	must(err)
	assert(*version.Version == "1", *version.Version)
	alias, err := client.CreateAlias(ctx, &lambda.CreateAliasInput{
		FunctionName: aws.String(name), Name: aws.String("live"), FunctionVersion: aws.String("1"),
	})
	must(err)
	assert(strings.HasSuffix(*alias.AliasArn, ":function:"+name+":live"), *alias.AliasArn)
	allow(&lambda.AddPermissionInput{
		Qualifier: aws.String("live"), StatementId: aws.String("bucket"),
		Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("s3.amazonaws.com"),
	})
}

func allow(statement *lambda.AddPermissionInput) {
	statement.FunctionName = aws.String(name)
	said, err := client.AddPermission(ctx, statement)
	must(err)
	assert(strings.Contains(*said.Statement, `"`+*statement.StatementId+`"`), *said.Statement)
}

// invoke gives the request ids of the accepted events.
func invoke() []string {
	call := func(kind types.InvocationType) *lambda.InvokeOutput {
		said, err := client.Invoke(ctx, &lambda.InvokeInput{
			FunctionName: aws.String(name), Qualifier: aws.String("live"), Payload: []byte(`{"n":1}`),
			InvocationType: kind, LogType: types.LogTypeTail,
		})
		must(err)
		return said
	}
	said := call(types.InvocationTypeRequestResponse)
	assert(said.StatusCode == 200 && *said.ExecutedVersion == "1", said)
	var answer struct{ Event map[string]int }
	must(json.Unmarshal(said.Payload, &answer))
	assert(answer.Event["n"] == 1, string(said.Payload))
	tail, err := base64.StdEncoding.DecodeString(*said.LogResult)
	must(err)
	assert(strings.Contains(string(tail), "REPORT RequestId"), string(tail))
	queued := call(types.InvocationTypeEvent)
	assert(queued.StatusCode == 202, queued.StatusCode)
	assert(call(types.InvocationTypeDryRun).StatusCode == 204)
	old, err := client.InvokeAsync(ctx, &lambda.InvokeAsyncInput{
		FunctionName: aws.String(name + ":live"), InvokeArgs: strings.NewReader(`{"n":2}`),
	})
	must(err)
	assert(old.Status == 202, old.Status)
	_, err = client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("nobody")})
	assert(isNotFound(err), err)
	first, _ := middleware.GetRequestIDMetadata(queued.ResultMetadata)
	second, _ := middleware.GetRequestIDMetadata(old.ResultMetadata)
	return []string{first, second}
}

func isNotFound(err error) bool {
	var notFound *types.ResourceNotFoundException
	return errors.As(err, &notFound)
}

func callURL() {
	// This version of the SDK cannot ask for the other permission, that to invoke by URL.
	allow(&lambda.AddPermissionInput{
		StatementId: aws.String("url"), Action: aws.String("lambda:InvokeFunctionUrl"),
		Principal: aws.String("*"), FunctionUrlAuthType: types.FunctionUrlAuthTypeNone,
	})
	allow(&lambda.AddPermissionInput{
		StatementId: aws.String("all"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("*"),
	})
	made, err := client.CreateFunctionUrlConfig(ctx, &lambda.CreateFunctionUrlConfigInput{
		FunctionName: aws.String(name), AuthType: types.FunctionUrlAuthTypeNone,
	})
	must(err)
	at, err := url.Parse(*made.FunctionUrl)
	must(err)
	// Its name need not be known to this machine's resolver: the server is where the endpoint is.
	request, err := http.NewRequest("GET", endpoint+"/there", nil)
	must(err)
	request.Host = at.Host
	answer, err := http.DefaultClient.Do(request)
	must(err)
	body, err := io.ReadAll(answer.Body)
	must(err)
	assert(answer.StatusCode == 200 && strings.Contains(string(body), `"/there"`), answer.Status, string(body))
}

func readLog(ids []string) {
	logs := cloudwatchlogs.NewFromConfig(config)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		said, err := logs.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{
			LogGroupName: aws.String("/aws/lambda/" + name),
		})
		must(err)
		text := ""
		for _, event := range said.Events {
			text += *event.Message
		}
		found := 0
		for _, id := range ids {
			found += strings.Count(text, fmt.Sprint("REPORT RequestId: ", id))
		}
		if found == len(ids) {
			return
		}
		assert(time.Now().Before(deadline), text)
	}
}

func remove() {
	_, err := client.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: aws.String(name)})
	must(err)
	_, err = client.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(name)})
	assert(isNotFound(err), err)
}
