//! What a function sees at `/opt`.

use crate::world::World;
use lambent_domain::function::Function;
use lambent_domain::layer::FunctionLayer;
use lambent_domain::outcome::Outcome;
use lambent_domain::qualifier::Version;
use lambent_domain::runtime::Runtime;

fn layer(world: &World, files: &[(&str, &str)]) -> FunctionLayer {
    FunctionLayer {
        arn: "arn:aws:lambda:us-east-1:000000000000:layer:l:1".to_owned(),
        code: world.package(files),
    }
}

pub(crate) async fn imports() {
    let world = World::new(4).await;
    let source = r#"
import os, sys, shared, only_first

opt = os.path.dirname(os.path.dirname(shared.__file__))

def handler(event, context):
    try:
        open(opt + "/new", "w").close()
        writable = "writable"
    except OSError:
        writable = "read-only"
    tool = os.popen("tool").read().strip()
    return f"{shared.WHICH} {only_first.WHICH} {tool} {writable}"
"#;
    let mut version = world.version("layered", Version::Latest, source);
    let first = [
        ("python/shared.py", "WHICH = 'first'"),
        ("python/only_first.py", "WHICH = 'only'"),
        ("bin/tool", "#!/bin/sh\necho first\n"),
    ];
    let second = [("python/shared.py", "WHICH = 'second'"), ("bin/tool", "#!/bin/sh\necho second\n")];
    version.configuration.layers = vec![layer(&world, &first), layer(&world, &second)];
    let name = world.create(Function::new(version)).await;
    let said = world.call(&name, "$LATEST").await;
    assert!(said.starts_with("second only second"), "{said}");
    assert!(!world.confined || said.ends_with("read-only"), "{said}");
    // Another order is another tree.
    world
        .change(&name, |function| {
            let mut version = lambent_domain::function::FunctionVersion::clone(&function.latest);
            version.configuration.layers.reverse();
            version.revision_id = uuid::Uuid::new_v4();
            function.latest = version.into();
        })
        .await;
    let said = world.call(&name, "$LATEST").await;
    assert!(said.starts_with("first only first"), "{said}");
}

pub(crate) async fn bootstrap() {
    let world = World::new(4).await;
    let mut version = world.version("custom", Version::Latest, "");
    version.configuration.runtime = Some(Runtime::new("provided.al2023"));
    version.configuration.layers = vec![layer(&world, &[("bootstrap", "#!/bin/sh\nexit 7\n")])];
    let name = world.create(Function::new(version)).await;
    let completion = world.invoke(&name, "$LATEST", None).await.unwrap();
    let Outcome::Failed(failure) = completion.outcome else { panic!("it cannot have answered") };
    assert!(failure.message.ends_with("Runtime exited with error: exit status 7"), "{}", failure.message);
}
