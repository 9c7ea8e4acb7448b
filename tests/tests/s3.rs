//! Code from S3: a real S3 server of somebody else's (moto), with http and with https.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use lambent_tests::{Client, Moto, Package, Server, runtime};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A server that fetches from there.
fn server(moto: &Moto, ca_file: &str) -> Server {
    Server::start_with(
        &[],
        &[
            ("LAMBENT_AWS_S3_ENDPOINT_URL", moto.url()),
            ("LAMBENT_AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("LAMBENT_AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("LAMBENT_AWS_CA_FILE", ca_file),
        ],
    )
}

/// What every script begins with: an S3 client, a package, and a way to see a complaint.
fn preamble(moto: &Moto, ca_file: &str) -> String {
    format!(
        r#"
import io, zipfile
from botocore.exceptions import ClientError
s3 = boto3.client('s3', endpoint_url='{}', verify={ca_file:?} or None, config=Config(s3={{'addressing_style': 'path'}}))
role, runtime = 'arn:aws:iam::000000000000:role/test', '{}'
def package(text, ballast=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('app.py', text)
        if ballast: z.writestr('ballast', os.urandom(ballast))
    return out.getvalue()
def create(name, **code):
    return client.create_function(FunctionName=name, Runtime=runtime, Role=role, Handler='app.handler', Code=code)
def refused(name, **code):
    try: create(name, **code)
    except ClientError as e: return e.response['Error']['Code'], e.response['Error']['Message']
    raise AssertionError('not refused')
"#,
        moto.url(),
        runtime::python()
    )
}

#[test]
fn code_is_fetched_and_what_is_not_there_is_complained_about() {
    let moto = Moto::start(&[]);
    let server = server(&moto, "");
    let script = r#"
s3.create_bucket(Bucket='code')
s3.put_bucket_versioning(Bucket='code', VersioningConfiguration={'Status': 'Enabled'})
key = 'deep/ä b+c%d.zip'
one, two = (package('def handler(e, c): return %d' % n) for n in (1, 2))
first = s3.put_object(Bucket='code', Key=key, Body=one)['VersionId']
s3.put_object(Bucket='code', Key=key, Body=two)

made = create('newest', S3Bucket='code', S3Key=key)
assert made['CodeSize'] == len(two), made
assert client.invoke(FunctionName='newest')['Payload'].read() == b'2'
create('older', S3Bucket='code', S3Key=key, S3ObjectVersion=first)
assert client.invoke(FunctionName='older')['Payload'].read() == b'1'
client.update_function_code(FunctionName='older', S3Bucket='code', S3Key=key)
assert client.invoke(FunctionName='older')['Payload'].read() == b'2'

# Larger than what may be sent, and not than what may be fetched.
large = package('def handler(e, c): return 3', 60_000_000)
s3.put_object(Bucket='code', Key='large.zip', Body=large)
assert create('large', S3Bucket='code', S3Key='large.zip')['CodeSize'] == len(large)
assert client.invoke(FunctionName='large')['Payload'].read() == b'3'
import urllib.request
location = client.get_function(FunctionName='large')['Code']['Location']
assert urllib.request.urlopen(location).read() == large

text = 'Error occurred while GetObject. S3 Error Code: %s. S3 Error Message: %s'
parameter = 'InvalidParameterValueException'
said = refused('f', S3Bucket='code', S3Key='none')
assert said == (parameter, text % ('NoSuchKey', 'The specified key does not exist.')), said
said = refused('f', S3Bucket='none', S3Key='none')
assert said == (parameter, text % ('NoSuchBucket', 'The specified bucket does not exist')), said
s3.put_object(Bucket='code', Key='text', Body=b'no zip')
said = refused('f', S3Bucket='code', S3Key='text')
assert said[0] == parameter and said[1].startswith('Could not unzip uploaded file'), said
s3.put_object(Bucket='code', Key='huge', Body=b'x' * 262_144_001)
said = refused('f', S3Bucket='code', S3Key='huge')
assert said == (parameter, 'Unzipped size must be smaller than 262144000 bytes'), said

layer = client.publish_layer_version(LayerName='l', Content={'S3Bucket': 'code', 'S3Key': key})
assert layer['Content']['CodeSize'] == len(two), layer
"#;
    let _ = Client::boto3(&server, &format!("{}{script}", preamble(&moto, ""))).output();
    drop(moto);
    let gone = "said = refused('f', S3Bucket='code', S3Key='k')\n\
                assert said[0] == 'ServiceUnavailableException', said\n";
    let nowhere = Moto::start(&[]);
    let _ = Client::boto3(&server, &format!("{}{gone}", preamble(&nowhere, ""))).output();
}

#[test]
fn an_endpoint_with_https_is_believed_by_its_authority_only() {
    let directory = TempDir::new().unwrap();
    let (certificate, key) = certificate(directory.path());
    let moto = Moto::start(&["-c", &certificate, "-k", &key]);
    assert!(moto.url().starts_with("https://"), "{}", moto.url());
    let script = r#"
s3.create_bucket(Bucket='code')
s3.put_object(Bucket='code', Key='k', Body=package('def handler(e, c): return 1'))
create('f', S3Bucket='code', S3Key='k')
assert client.invoke(FunctionName='f')['Payload'].read() == b'1'
"#;
    let trusting = server(&moto, &certificate);
    let _ = Client::boto3(&trusting, &format!("{}{script}", preamble(&moto, &certificate))).output();

    let directory = TempDir::new().unwrap();
    let (other, _) = self::certificate(directory.path());
    let doubting = server(&moto, &other);
    let script = "said = refused('f', S3Bucket='code', S3Key='k')\n\
                  assert said[0] == 'ServiceUnavailableException', said\n";
    let _ = Client::boto3(&doubting, &format!("{}{script}", preamble(&moto, &certificate))).output();
    assert!(doubting.log().contains("certificate"), "{}", doubting.log());
}

/// A certificate for 127.0.0.1 that vouches for itself, and its key.
fn certificate(directory: &Path) -> (String, String) {
    let path = |name: &str| directory.join(name).display().to_string();
    let (certificate, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-out", &certificate, "-keyout", &key])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (certificate, key)
}

#[test]
fn a_package_survives_a_restart_with_its_url() {
    let server = Server::start();
    server.create_function(
        "f",
        runtime::python(),
        "app.handler",
        Package::of("app.py", "def handler(e, c): return 1"),
        serde_json::json!({}),
    );
    let print = "print(client.get_function(FunctionName='f')['Code']['Location'])\n";
    let location = Client::boto3(&server, print).output();
    let (_, path) = location.trim().split_once("/_lambent").unwrap();
    let server = server.restart();
    let script = format!(
        "import urllib.request\nassert urllib.request.urlopen({:?}).read().startswith(b'PK')\n",
        format!("{}/_lambent{path}", server.url())
    );
    let _ = Client::boto3(&server, &script).output();
}
