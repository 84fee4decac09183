// CUDA's run-time compiler in tests: kernels as libraries, by the compiler of the machine.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

struct Program { std::string text, path, log; };

static std::string folder = ".";
static int programs;

static std::string read(const std::string& path) { std::ifstream file(path); std::stringstream text; text << file.rdbuf(); return text.str(); }

extern "C" {

void emulation_folder(const char* path) { folder = path; }

int nvrtcCreateProgram(Program** made, const char* text, const char*, int, const char**, const char**) { *made = new Program{text}; return 0; }

int nvrtcCompileProgram(Program* program, int, const char**)
{
    std::string name = folder + "/kernel" + std::to_string(__atomic_fetch_add(&programs, 1, __ATOMIC_SEQ_CST));
    program->path = name + ".so";
    bool hasBarrier = program->text.find("BARRIER;") != std::string::npos || program->text.find("BARRIER_OF_MEMORY;") != std::string::npos;
    std::ofstream(name + ".cpp") << "#line 1 \"kernel.cu\"\n" << program->text
        << "\n#undef KERNEL\nextern \"C\" { int emulation_has_barrier = " << hasBarrier << ";\n"
        << "void* emulation_pack(void** parameters) { return emulation::pack(run, parameters); }\n"
        << "void emulation_run(void* packed) { emulation::call(run, packed); } }\n";
    std::string command = "g++ -std=c++17 -O1 -w -shared -fPIC -ffp-contract=off -fno-strict-aliasing -include '" + folder + "/host_words.h' -o '"
        + program->path + "' '" + name + ".cpp' 2> '" + name + ".log'";
    if (system(command.c_str()) == 0) return 0;
    program->log = read(name + ".log");
    return 6;
}

int nvrtcGetProgramLogSize(Program* program, size_t* bytes) { *bytes = program->log.size() + 1; return 0; }
int nvrtcGetProgramLog(Program* program, char* log) { strcpy(log, program->log.c_str()); return 0; }
int nvrtcGetCUBINSize(Program* program, size_t* bytes) { *bytes = program->path.size() + 1; return 0; }
int nvrtcGetCUBIN(Program* program, char* image) { strcpy(image, program->path.c_str()); return 0; }
int nvrtcDestroyProgram(Program** program) { delete *program; return 0; }

}
