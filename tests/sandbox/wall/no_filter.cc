// Linked with --wrap in place of SeccompProgram::install(): a zygote whose workers have every layer but the filter, to
// show what each layer beneath it holds by itself. Exists in tests only.
extern "C" void __wrap__ZNK7runtime7sandbox14SeccompProgram7installEv() {}
