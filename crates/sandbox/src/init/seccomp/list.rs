//! The allow-list as a BPF program: a binary search over runs of neighbouring numbers.
//!
//! A chain of comparisons, which is what general compilers make, would be 1,400 instructions long, and the kernel
//! tries a program on every call there is when it is installed: 1.2 ms of every sandbox. The search takes
//! some ten steps to any answer.

use seccompiler::sock_filter;

/// Offsets in the kernel's `struct seccomp_data`.
const NUMBER_OFFSET: u32 = 0;
const ARCHITECTURE_OFFSET: u32 = 4;

const LOAD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_GREATER: u16 = 0x25;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const REFUSE: u32 = 0x0005_0000 | libc::EPERM.unsigned_abs();

/// The kernel's name for this architecture's call table.
const ARCHITECTURE: Option<u32> = if cfg!(target_arch = "x86_64") {
    Some(0xc000_003e)
} else if cfg!(target_arch = "aarch64") {
    Some(0xc000_00b7)
} else if cfg!(target_arch = "riscv64") {
    Some(0xc000_00f3)
} else {
    None
};

/// Allows `numbers`, refuses every other with `EPERM` and kills on a foreign call table. Numbers with x86's x32
/// bit are beyond every run, so they are refused. `None` where the architecture is unknown.
pub(super) fn compile(numbers: &[i64]) -> Option<Vec<sock_filter>> {
    let mut program = vec![
        step(LOAD, ARCHITECTURE_OFFSET),
        jump(JUMP_IF_EQUAL, ARCHITECTURE?, 1, 0),
        step(RETURN, KILL_PROCESS),
        step(LOAD, NUMBER_OFFSET),
    ];
    program.extend(search(&runs(numbers)?)?);
    Some(program)
}

/// Neighbouring numbers as first and last.
fn runs(numbers: &[i64]) -> Option<Vec<(u32, u32)>> {
    let mut numbers: Vec<u32> =
        numbers.iter().map(|number| u32::try_from(*number)).collect::<Result<_, _>>().ok()?;
    numbers.sort_unstable();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => runs.push((number, number)),
        }
    }
    Some(runs)
}

/// A program that decides the loaded number. `None` if a jump would be too far for its eight bits.
fn search(runs: &[(u32, u32)]) -> Option<Vec<sock_filter>> {
    match runs {
        [] => Some(vec![step(RETURN, REFUSE)]),
        [(first, last)] => Some(vec![
            jump(JUMP_IF_AT_LEAST, *first, 0, 2),
            jump(JUMP_IF_GREATER, *last, 1, 0),
            step(RETURN, ALLOW),
            step(RETURN, REFUSE),
        ]),
        _ => {
            let (left, right) = runs.split_at(runs.len() / 2);
            let pivot = right.first()?.0;
            let left = search(left)?;
            let mut program = vec![jump(JUMP_IF_AT_LEAST, pivot, u8::try_from(left.len()).ok()?, 0)];
            program.extend(left);
            program.extend(search(right)?);
            Some(program)
        }
    }
}

fn step(code: u16, k: u32) -> sock_filter {
    jump(code, k, 0, 0)
}

fn jump(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::seccomp::allowed::ALLOWED;

    /// What the kernel would answer.
    fn run(program: &[sock_filter], architecture: u32, number: u32) -> u32 {
        let (mut at, mut loaded) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[at];
            let holds = match code {
                LOAD => {
                    loaded = if k == NUMBER_OFFSET { number } else { architecture };
                    false
                }
                RETURN => return k,
                JUMP_IF_EQUAL => loaded == k,
                JUMP_IF_GREATER => loaded > k,
                JUMP_IF_AT_LEAST => loaded >= k,
                other => panic!("instruction {other}"),
            };
            at += 1 + usize::from(if holds { jt } else { jf });
        }
    }

    #[test]
    fn allows_exactly_the_list() {
        let (program, ours) = (compile(ALLOWED).unwrap(), ARCHITECTURE.unwrap());
        for number in (0..2000).chain([u32::MAX, 0x4000_0000, 0x4000_0001]) {
            let expected = if ALLOWED.contains(&i64::from(number)) { ALLOW } else { REFUSE };
            assert_eq!(run(&program, ours, number), expected, "{number}");
        }
        assert_eq!(run(&program, ours ^ 1, 0), KILL_PROCESS);
        assert!(program.len() < 512, "{} instructions", program.len());
    }
}
