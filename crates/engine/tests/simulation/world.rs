//! What outlives the lives of a server: the disk, the clock, the model, and the trace of all that happened.

use crate::chance::Chance;
use crate::clock::WorldClock;
use crate::model::Model;
use crate::shape::Shape;
use lambent_store::embedded::simulation::MemoryDisk;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) shape: Shape,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) disk: MemoryDisk,
    /// Rings when this life is to end now: at a step that was drawn, or because a promise was broken.
    pub(crate) end: Notify,
    model: Mutex<Model>,
    chance: Mutex<Chance>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let mut chance = Chance::new(seed, 1);
        let shape = Shape::draw(&mut chance);
        let clock = Arc::new(WorldClock::new());
        let model = Model::new(shape.clone(), Arc::clone(&clock), Chance::new(seed, 2));
        Arc::new(Self {
            shape,
            clock,
            disk: MemoryDisk::new(chance.next()),
            end: Notify::new(),
            model: Mutex::new(model),
            chance: Mutex::new(chance),
        })
    }

    /// Never held while anything of the engine or the store is called.
    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap()
    }

    /// The chance of clients and owners.
    pub(crate) fn chance(&self) -> MutexGuard<'_, Chance> {
        self.chance.lock().unwrap()
    }

    /// One more step, told to the model and kept in the trace.
    pub(crate) fn step<T>(&self, what: impl FnOnce(&mut Model) -> T) -> T {
        let (result, end) = {
            let mut model = self.model();
            let result = what(&mut model);
            (result, model.life_is_to_end())
        };
        if end {
            self.end.notify_one();
        }
        result
    }
}
