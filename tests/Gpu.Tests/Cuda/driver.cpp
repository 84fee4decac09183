// CUDA's driver on the processor, as far as TensorGraph calls it: libcuda.so.1 of tests. A stream does nothing until somebody waits for it, so what
// events do not order shows as wrong elements. Calls can be made to fail.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <ucontext.h>
#include <vector>

typedef unsigned int u32;
typedef unsigned long long u64;
struct uint3 { u32 x, y, z; };

enum { InvalidValue = 1, OutOfMemory = 2, NoContext = 201, NotReady = 600, CaptureUnsupported = 900 };

struct Stream;
struct Mark { Stream* stream; bool isDone; };
struct Work { std::function<void()> run; std::shared_ptr<Mark> wait, done; };
struct Stream { std::deque<Work> work; std::vector<std::function<void()>>* captured = nullptr; };
struct Event { std::shared_ptr<Mark> mark; };
struct Graph { std::vector<std::function<void()>> runs; };
struct Function { void* (*pack)(void**); void (*run)(void*); uint3 *block, *thread, *size; void (**barrier)(); int hasBarrier; };

static std::recursive_mutex gate;
static std::vector<Stream*> streams;
struct Failure { int after, times, error; };
static std::map<std::string, Failure> failures;
static std::map<std::string, long> calls;
static int broken, context;
static thread_local void* current;
static thread_local int capturing;

extern "C" int emulation_call(const char* name)
{
    calls[name]++;
    if (broken) return broken;
    auto failure = failures.find(name);
    if (failure == failures.end() || failure->second.after-- > 0) return 0;
    int error = failure->second.error;
    if (--failure->second.times == 0) failures.erase(failure);
    return error;
}

#define CALL std::lock_guard<std::recursive_mutex> lock(gate); if (int error = emulation_call(__func__)) return error;
#define CALL_IN_CONTEXT CALL if (current == nullptr) return NoContext;
#define NOT_WHILE_CAPTURING if (capturing) return CaptureUnsupported;

static void step(Stream* stream);

static void finish(const Mark& mark) { while (!mark.isDone) step(mark.stream); }

static void step(Stream* stream)
{
    Work work = stream->work.front();
    stream->work.pop_front();
    if (work.wait) finish(*work.wait);
    if (work.run) work.run();
    if (work.done) work.done->isDone = true;
}

static void drain(Stream* stream) { while (!stream->work.empty()) step(stream); }

extern "C" void emulation_put(Stream* stream, std::function<void()> run)
{
    if (stream->captured) stream->captured->push_back(run);
    else stream->work.push_back({run, nullptr, nullptr});
}

// What tests ask for.
extern "C" void emulation_fail(const char* name, int after, int times, int error)
{
    std::lock_guard<std::recursive_mutex> lock(gate);
    failures[name] = {after, times, error};
}
extern "C" void emulation_break(int error) { std::lock_guard<std::recursive_mutex> lock(gate); broken = error; }
extern "C" long emulation_calls(const char* name) { std::lock_guard<std::recursive_mutex> lock(gate); return calls[name]; }

// Memory of the device lies between bytes that no kernel may write.
enum { Guard = 256, GuardByte = 0xCC };
static std::map<char*, size_t> blocks;

static bool isWhole(const char* block, size_t bytes)
{
    for (size_t i = 0; i < Guard; i++)
        if ((unsigned char)block[-1 - (long)i] != GuardByte || (unsigned char)block[bytes + i] != GuardByte) return false;
    return true;
}

// As on a GPU the context is broken then.
static void checkMemory()
{
    for (auto& block : blocks)
        if (!isWhole(block.first, block.second)) broken = 700;
}

// Items of a group that wait for each other, each on a stack of its own.
static struct { ucontext_t main; std::vector<ucontext_t> items; std::vector<char> isDone; std::vector<std::vector<char>> stacks; size_t item; void (*run)(void*); void* packed; } group;

static void barrier() { swapcontext(&group.items[group.item], &group.main); }

static void item() { group.run(group.packed); group.isDone[group.item] = 1; }

static void runGroup(const Function& f, void* packed, u32 items)
{
    if (group.stacks.size() < items) group.stacks.resize(items, std::vector<char>(64 << 10));
    group.items.resize(items);
    group.isDone.assign(items, 0);
    group.run = f.run;
    group.packed = packed;
    *f.barrier = barrier;
    for (u32 i = 0; i < items; i++)
    {
        getcontext(&group.items[i]);
        group.items[i].uc_stack.ss_sp = group.stacks[i].data();
        group.items[i].uc_stack.ss_size = group.stacks[i].size();
        group.items[i].uc_link = &group.main;
        makecontext(&group.items[i], item, 0);
    }
    for (u32 done = 0; done < items;)
    {
        done = 0;
        for (group.item = 0; group.item < items; group.item++)
        {
            f.thread->x = (u32)group.item;
            if (!group.isDone[group.item]) swapcontext(&group.main, &group.items[group.item]);
            done += group.isDone[group.item];
        }
    }
}

static void runKernel(const Function& f, void* packed, u32 groups, u32 items)
{
    // Handlers of signals need more than the stack of an item.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    f.size->x = items;
    for (f.block->x = 0; f.block->x < groups; f.block->x++)
    {
        if (f.hasBarrier) runGroup(f, packed, items);
        else for (f.thread->x = 0; f.thread->x < items; f.thread->x++) f.run(packed);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    checkMemory();
}

extern "C" {

int cuInit(u32) { CALL return 0; }
int cuDriverGetVersion(int* version) { CALL *version = 12000; return 0; }
int cuDeviceGetCount(int* count) { CALL *count = 1; return 0; }
int cuDeviceGet(int* device, int number) { CALL *device = number; return 0; }
int cuDeviceGetName(char* name, int, int) { CALL strcpy(name, "emulation"); return 0; }
int cuDeviceTotalMem_v2(size_t* bytes, int) { CALL *bytes = (size_t)1 << 30; return 0; }
int cuDeviceGetAttribute(int* value, int name, int) { CALL *value = name == 75 ? 7 : 0; return 0; }
int cuDevicePrimaryCtxRetain(void** made, int) { CALL *made = &context; return 0; }
// Also where the context is broken.
int cuCtxSetCurrent(void* made) { current = made; return 0; }

int cuStreamCreate(Stream** made, u32) { CALL_IN_CONTEXT streams.push_back(*made = new Stream()); return 0; }
int cuStreamQuery(Stream* stream) { CALL_IN_CONTEXT return stream->work.empty() ? 0 : NotReady; }
int cuStreamSynchronize(Stream* stream) { CALL_IN_CONTEXT if (stream->captured) return CaptureUnsupported; drain(stream); return 0; }
int cuStreamWaitEvent(Stream* stream, Event* event, u32) { CALL_IN_CONTEXT if (event->mark) stream->work.push_back({nullptr, event->mark, nullptr}); return 0; }

int cuEventCreate(Event** made, u32) { CALL_IN_CONTEXT *made = new Event(); return 0; }
int cuEventRecord(Event* event, Stream* stream)
{
    CALL_IN_CONTEXT
    event->mark = std::make_shared<Mark>(Mark{stream, false});
    stream->work.push_back({nullptr, nullptr, event->mark});
    return 0;
}
int cuEventQuery(Event* event)
{
    CALL_IN_CONTEXT
    if (!event->mark || event->mark->isDone) return 0;
    step(event->mark->stream);
    return NotReady;
}
int cuEventSynchronize(Event* event) { CALL_IN_CONTEXT if (event->mark) finish(*event->mark); return 0; }
int cuEventDestroy_v2(Event* event) { CALL_IN_CONTEXT delete event; return 0; }

int cuStreamBeginCapture_v2(Stream* stream, int) { CALL_IN_CONTEXT stream->captured = new std::vector<std::function<void()>>(); capturing++; return 0; }
int cuStreamEndCapture(Stream* stream, Graph** made)
{
    std::vector<std::function<void()>>* captured = stream->captured;
    stream->captured = nullptr;
    capturing--;
    CALL_IN_CONTEXT
    *made = new Graph{*captured};
    delete captured;
    return 0;
}
int cuGraphInstantiateWithFlags(Graph** made, Graph* graph, u64) { CALL_IN_CONTEXT *made = new Graph(*graph); return 0; }
int cuGraphDestroy(Graph* graph) { CALL delete graph; return 0; }
int cuGraphExecDestroy(Graph* graph) { CALL delete graph; return 0; }
int cuGraphLaunch(Graph* graph, Stream* stream) { CALL_IN_CONTEXT for (auto& run : graph->runs) emulation_put(stream, run); return 0; }

int cuMemAlloc_v2(char** made, size_t bytes)
{
    CALL_IN_CONTEXT NOT_WHILE_CAPTURING
    char* block = (char*)malloc(bytes + 2 * Guard) + Guard;
    memset(block - Guard, GuardByte, bytes + 2 * Guard);
    memset(block, 0xA5, bytes);
    blocks[*made = block] = bytes;
    return 0;
}
int cuMemHostAlloc(void** made, size_t bytes, u32) { CALL_IN_CONTEXT NOT_WHILE_CAPTURING *made = malloc(bytes); return 0; }
int cuMemFree_v2(char* block)
{
    CALL_IN_CONTEXT NOT_WHILE_CAPTURING
    for (Stream* stream : streams) drain(stream);
    if (blocks.erase(block) == 0) return InvalidValue;
    free(block - Guard);
    return 0;
}
static int copy(void* to, const void* from, size_t bytes, Stream* stream) { emulation_put(stream, [=] { memcpy(to, from, bytes); }); return 0; }
int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, Stream* stream) { CALL_IN_CONTEXT return copy(to, from, bytes, stream); }
int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, Stream* stream) { CALL_IN_CONTEXT return copy(to, from, bytes, stream); }
int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, Stream* stream) { CALL_IN_CONTEXT return copy(to, from, bytes, stream); }

// An image is the path of a library.
int cuModuleLoadData(void** made, const char* image) { CALL_IN_CONTEXT *made = dlopen(image, RTLD_NOW | RTLD_LOCAL); return *made ? 0 : InvalidValue; }
int cuModuleGetFunction(Function** made, void* module, const char*)
{
    CALL_IN_CONTEXT
    *made = new Function{
        (void* (*)(void**))dlsym(module, "emulation_pack"), (void (*)(void*))dlsym(module, "emulation_run"), (uint3*)dlsym(module, "blockIdx"),
        (uint3*)dlsym(module, "threadIdx"), (uint3*)dlsym(module, "blockDim"), (void (**)())dlsym(module, "emulation_barrier"),
        *(int*)dlsym(module, "emulation_has_barrier")};
    return 0;
}
int cuFuncGetAttribute(int* value, int, Function*) { CALL_IN_CONTEXT *value = 1024; return 0; }
int cuLaunchKernel(Function* f, u32 groups, u32, u32, u32 items, u32, u32, u32, Stream* stream, void** parameters, void**)
{
    CALL_IN_CONTEXT
    void* packed = f->pack(parameters);
    emulation_put(stream, [=] { runKernel(*f, packed, groups, items); });
    return 0;
}

}
