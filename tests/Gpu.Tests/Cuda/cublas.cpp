// The products of cuBLAS in tests: sums in order, in the streams of driver.cpp.
#include <functional>

struct Stream;
struct Handle { Stream* stream; };

extern "C" int emulation_call(const char* name);
extern "C" void emulation_put(Stream* stream, std::function<void()> run);

template<class T> static int multiply(
    Handle* handle, int left, int right, int m, int n, int k, T alpha, const T* a, int lda, long strideA, const T* b, int ldb, long strideB, T beta, T* c,
    int ldc, long strideC, int batch)
{
    // Errors of the driver are failures of the execution to it.
    if (int error = emulation_call("cublasGemmStridedBatched")) return error >= 100 ? 13 : error;
    emulation_put(handle->stream, [=] {
        for (long i = 0; i < batch; i++)
            for (long column = 0; column < n; column++)
                for (long row = 0; row < m; row++)
                {
                    T sum = 0;
                    for (long at = 0; at < k; at++)
                        sum += a[i * strideA + (left ? row * lda + at : at * lda + row)] * b[i * strideB + (right ? at * ldb + column : column * ldb + at)];
                    T* to = c + i * strideC + column * ldc + row;
                    *to = beta == 0 ? alpha * sum : alpha * sum + beta * *to;
                }
    });
    return 0;
}

extern "C" {

int cublasCreate_v2(Handle** made) { *made = new Handle(); return 0; }
int cublasSetStream_v2(Handle* handle, Stream* stream) { handle->stream = stream; return 0; }
int cublasSetWorkspace_v2(Handle*, void*, unsigned long) { return 0; }

int cublasSgemmStridedBatched(
    Handle* handle, int left, int right, int m, int n, int k, const float* alpha, const float* a, int lda, long strideA, const float* b, int ldb,
    long strideB, const float* beta, float* c, int ldc, long strideC, int batch)
{
    return multiply(handle, left, right, m, n, k, *alpha, a, lda, strideA, b, ldb, strideB, *beta, c, ldc, strideC, batch);
}

int cublasDgemmStridedBatched(
    Handle* handle, int left, int right, int m, int n, int k, const double* alpha, const double* a, int lda, long strideA, const double* b, int ldb,
    long strideB, const double* beta, double* c, int ldc, long strideC, int batch)
{
    return multiply(handle, left, right, m, n, k, *alpha, a, lda, strideA, b, ldb, strideB, *beta, c, ldc, strideC, batch);
}

}
