# The common script of the clients, with Ruby. Debian has the SDK's signer and not its client for Lambda, so the requests
# are written by hand and signed by the SDK.

require "aws-sigv4"
require "json"
require "net/http"

NAME = "from-ruby".freeze
ENDPOINT = URI(ENV.fetch("AWS_ENDPOINT_URL"))
FUNCTIONS = "/2015-03-31/functions".freeze
FUNCTION = "#{FUNCTIONS}/#{NAME}".freeze

def signer(service)
  Aws::Sigv4::Signer.new(
    service: service,
    region: ENV.fetch("AWS_REGION"),
    access_key_id: ENV.fetch("AWS_ACCESS_KEY_ID"),
    secret_access_key: ENV.fetch("AWS_SECRET_ACCESS_KEY"),
  )
end

SIGNERS = Hash.new { |signers, service| signers[service] = signer(service) }

def call(method, path, body = "", headers = {}, service: "lambda")
  url = ENDPOINT.merge(path)
  signature = SIGNERS[service].sign_request(http_method: method, url: url.to_s, headers: headers, body: body)
  request = Net::HTTPGenericRequest.new(method, true, true, url.request_uri, headers.merge(signature.headers))
  request.body = body unless method == "GET"
  Net::HTTP.start(ENDPOINT.host, ENDPOINT.port) { |http| http.request(request) }
end

def json(status, method, path, body = nil)
  answer = call(method, path, body ? JSON.generate(body) : "")
  check(answer.code == status.to_s, [method, path, answer.code, answer.body])
  answer.body.to_s.empty? ? {} : JSON.parse(answer.body)
end

def check(holds, what)
  raise what.inspect unless holds
end

def create
  zip = [File.binread(ENV.fetch("LAMBENT_TEST_PACKAGE"))].pack("m0")
  role = "arn:aws:iam::000000000000:role/test"
  function = { FunctionName: NAME, Runtime: ENV.fetch("LAMBENT_TEST_RUNTIME"), Role: role, Handler: "app.handler" }
  json(201, "POST", FUNCTIONS, { Code: { ZipFile: zip }, **function })
  sleep 0.1 until json(200, "GET", "#{FUNCTION}/configuration")["State"] == "Active"
end

def publish
  check(json(201, "POST", "#{FUNCTION}/versions", {})["Version"] == "1", "version")
  json(201, "POST", "#{FUNCTION}/aliases", { Name: "live", FunctionVersion: "1" })
  allow({ StatementId: "bucket", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com" }, "?Qualifier=live")
end

def allow(statement, query = "")
  said = json(201, "POST", "#{FUNCTION}/policy#{query}", statement)
  check(JSON.parse(said["Statement"])["Sid"] == statement[:StatementId], said)
end

# Gives the request ids of the accepted events.
def invoke
  # The qualifier both in the query and, as a client may escape it, in the path.
  path = "/2015-03-31/functions/#{NAME}%3Alive/invocations?Qualifier=live"
  said = call("POST", path, '{"n":1}', { "X-Amz-Log-Type" => "Tail" })
  check(said.code == "200" && said["x-amz-executed-version"] == "1", [said.code, said.body])
  check(JSON.parse(said.body)["event"] == { "n" => 1 }, said.body)
  check(said["x-amz-log-result"].unpack1("m").include?("REPORT RequestId"), said["x-amz-log-result"])
  queued = call("POST", path, '{"n":1}', { "X-Amz-Invocation-Type" => "Event" })
  dry = call("POST", path, '{"n":1}', { "X-Amz-Invocation-Type" => "DryRun" })
  old = call("POST", "/2014-11-13/functions/#{NAME}:live/invoke-async/", '{"n":2}')
  check([queued, dry, old].map(&:code) == %w[202 204 202], [queued.code, dry.code, old.code, old.body])
  nobody = call("POST", "#{FUNCTIONS}/nobody/invocations")
  check(nobody["x-amzn-errortype"] == "ResourceNotFoundException", nobody.body)
  [queued, old].map { |answer| answer["x-amzn-requestid"] }
end

def call_url
  allow({ StatementId: "url", Action: "lambda:InvokeFunctionUrl", Principal: "*", FunctionUrlAuthType: "NONE" })
  allow({ StatementId: "by-url", Action: "lambda:InvokeFunction", Principal: "*", InvokedViaFunctionUrl: true })
  made = json(201, "POST", "/2021-10-31/functions/#{NAME}/url", { AuthType: "NONE" })
  # Its name need not be known to this machine's resolver: the server is where the endpoint is.
  url = URI(made["FunctionUrl"])
  answer = Net::HTTP.get_response(ENDPOINT.merge("/there"), { "Host" => "#{url.host}:#{url.port}" })
  check(answer.code == "200" && JSON.parse(answer.body)["event"]["rawPath"] == "/there", [answer.code, answer.body])
end

def read_log(ids)
  headers = { "Content-Type" => "application/x-amz-json-1.1", "X-Amz-Target" => "Logs_20140328.FilterLogEvents" }
  body = JSON.generate({ logGroupName: "/aws/lambda/#{NAME}" })
  150.times do
    answer = call("POST", "/", body, headers, service: "logs")
    check(answer.code == "200", answer.body)
    log = JSON.parse(answer.body)["events"].map { |event| event["message"] }.join
    return if ids.all? { |id| log.include?("REPORT RequestId: #{id}") }

    sleep 0.2
  end
  raise "the log lacks #{ids}"
end

create
publish
accepted = invoke
call_url
read_log(accepted)
json(204, "DELETE", FUNCTION)
check(call("GET", FUNCTION).code == "404", "still there")
puts JSON.generate(accepted)
