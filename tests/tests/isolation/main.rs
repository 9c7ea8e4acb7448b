//! Functions that attack: through the real binary, once as the user who runs the tests (root, where the tests are) and
//! once as an ordinary user. Where it is cheap the same attack is shown to succeed without isolation, so that a probe
//! that has become blind is noticed.

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod files;
#[cfg(test)]
mod lifetime;
#[cfg(test)]
mod network;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod world;
