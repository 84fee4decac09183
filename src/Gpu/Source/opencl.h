// OpenCL C 1.2: the words that common.h and the kernels are written in.
#ifdef HAS_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel void
#define GLOBAL __global
#define LOCAL __local
#define FUNCTION static
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define BARRIER_OF_MEMORY barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define GLOBAL_ID ((i64)get_global_id(0))
#define GROUP_ID ((i64)get_group_id(0))
#define LOCAL_ID ((i32)get_local_id(0))
#define BITS_OF(x) as_uint(x)
#define FLOAT_OF(x) as_float(x)
typedef uchar u8;
typedef char i8;
typedef ushort u16;
typedef short i16;
typedef uint u32;
typedef int i32;
typedef ulong u64;
typedef long i64;
typedef float f32;
#ifdef HAS_DOUBLE
typedef double f64;
#endif
