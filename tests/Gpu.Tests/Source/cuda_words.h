// The words of CUDA that kernels use, for a compiler without CUDA's own headers.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
struct uint3 { unsigned int x, y, z; };
extern __device__ const uint3 blockIdx, threadIdx, blockDim;
__device__ void __syncthreads();
__device__ unsigned int __float_as_uint(float);
__device__ float __uint_as_float(unsigned int);
#define WORD1(name) __device__ float name(float); __device__ double name(double);
#define WORD2(name) __device__ float name(float, float); __device__ double name(double, double);
WORD1(exp) WORD1(expm1) WORD1(log) WORD1(log1p) WORD1(sqrt) WORD1(sin) WORD1(cos) WORD1(tanh) WORD1(erf) WORD1(erfc)
WORD1(floor) WORD1(ceil) WORD1(rint) WORD1(trunc) WORD1(fabs) WORD2(fmod) WORD2(pow) WORD2(atan2)
__device__ float fma(float, float, float);
__device__ double fma(double, double, double);
