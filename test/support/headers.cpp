// Distributed under the Boost Software License, Version 1.0.
//
// Nothing but the headers that are compiled before it, for others to use.
