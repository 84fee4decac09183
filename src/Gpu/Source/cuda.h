// CUDA C++: the words that common.h and the kernels are written in.
#define KERNEL extern "C" __global__ void
#define GLOBAL
#define LOCAL __shared__
#define FUNCTION static __device__
#define BARRIER __syncthreads()
#define BARRIER_OF_MEMORY __syncthreads()
#define GLOBAL_ID ((i64)blockIdx.x * blockDim.x + threadIdx.x)
#define GROUP_ID ((i64)blockIdx.x)
#define LOCAL_ID ((i32)threadIdx.x)
#define BITS_OF(x) __float_as_uint(x)
#define FLOAT_OF(x) __uint_as_float(x)
#define HAS_DOUBLE
typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef short i16;
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;
typedef long long i64;
typedef float f32;
typedef double f64;
#ifndef INFINITY
#define INFINITY FLOAT_OF(0x7f800000u)
#endif
