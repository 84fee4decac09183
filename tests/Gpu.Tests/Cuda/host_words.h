// The words of CUDA that kernels use, for the compiler of the machine: see driver.cpp.
#include <math.h>
#include <string.h>
#include <tuple>
#include <utility>
#define __global__
#define __device__
#define __shared__ static
struct uint3 { unsigned int x, y, z; };
extern "C" {
    uint3 blockIdx, threadIdx, blockDim;
    void (*emulation_barrier)();
}
static inline void __syncthreads() { emulation_barrier(); }
static inline unsigned int __float_as_uint(float x) { unsigned int bits; memcpy(&bits, &x, 4); return bits; }
static inline float __uint_as_float(unsigned int bits) { float x; memcpy(&x, &bits, 4); return x; }

namespace emulation
{
    template<class... A, size_t... I> void* pack(void (*)(A...), void** parameters, std::index_sequence<I...>)
    {
        return new std::tuple<A...>(*(A*)parameters[I]...);
    }

    template<class... A> void* pack(void (*f)(A...), void** parameters) { return pack(f, parameters, std::index_sequence_for<A...>()); }

    template<class... A> void call(void (*f)(A...), void* packed) { std::apply(f, *(std::tuple<A...>*)packed); }
}
