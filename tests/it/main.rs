//! The one integration binary.

mod cli;
mod conformance;
mod draws;
mod layers;
mod live;
mod opening;
mod support;
