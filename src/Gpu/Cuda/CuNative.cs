using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu.Cuda;

/// <summary>The functions of CUDA's driver, and of its run-time compiler, that this device calls.</summary>
internal static unsafe partial class CuNative
{
    private const string Driver = NativeLibraries.Cuda;
    private const string Compiler = NativeLibraries.Nvrtc;

    [LibraryImport(Driver, EntryPoint = "cuInit")]
    public static partial int Initialize(uint flags);

    [LibraryImport(Driver, EntryPoint = "cuDriverGetVersion")]
    public static partial int GetVersion(int* version);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGetCount")]
    public static partial int GetDeviceCount(int* count);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGet")]
    public static partial int GetDevice(int* device, int number);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGetName")]
    public static partial int GetDeviceName(byte* name, int bytes, int device);

    [LibraryImport(Driver, EntryPoint = "cuDeviceTotalMem_v2")]
    public static partial int GetMemory(nuint* bytes, int device);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGetAttribute")]
    public static partial int GetAttribute(int* value, int attribute, int device);

    [LibraryImport(Driver, EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static partial int RetainContext(nint* context, int device);

    [LibraryImport(Driver, EntryPoint = "cuCtxSetCurrent")]
    public static partial int SetContext(nint context);

    [LibraryImport(Driver, EntryPoint = "cuStreamCreate")]
    public static partial int CreateStream(nint* stream, uint flags);

    [LibraryImport(Driver, EntryPoint = "cuStreamQuery")]
    public static partial int QueryStream(nint stream);

    [LibraryImport(Driver, EntryPoint = "cuStreamWaitEvent")]
    public static partial int Wait(nint stream, nint mark, uint flags);

    [LibraryImport(Driver, EntryPoint = "cuEventCreate")]
    public static partial int CreateEvent(nint* mark, uint flags);

    [LibraryImport(Driver, EntryPoint = "cuEventRecord")]
    public static partial int Record(nint mark, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuEventQuery")]
    public static partial int QueryEvent(nint mark);

    [LibraryImport(Driver, EntryPoint = "cuEventSynchronize")]
    public static partial int WaitForEvent(nint mark);

    [LibraryImport(Driver, EntryPoint = "cuEventDestroy_v2")]
    public static partial int DestroyEvent(nint mark);

    [LibraryImport(Driver, EntryPoint = "cuStreamBeginCapture_v2")]
    public static partial int BeginCapture(nint stream, int mode);

    [LibraryImport(Driver, EntryPoint = "cuStreamEndCapture")]
    public static partial int EndCapture(nint stream, nint* graph);

    [LibraryImport(Driver, EntryPoint = "cuGraphInstantiateWithFlags")]
    public static partial int Instantiate(nint* executable, nint graph, ulong flags);

    [LibraryImport(Driver, EntryPoint = "cuGraphDestroy")]
    public static partial int DestroyGraph(nint graph);

    [LibraryImport(Driver, EntryPoint = "cuGraphExecDestroy")]
    public static partial int DestroyExecutable(nint executable);

    [LibraryImport(Driver, EntryPoint = "cuGraphLaunch")]
    public static partial int LaunchGraph(nint executable, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuStreamSynchronize")]
    public static partial int Synchronize(nint stream);

    [LibraryImport(Driver, EntryPoint = "cuMemAlloc_v2")]
    public static partial int Allocate(nint* memory, nuint bytes);

    [LibraryImport(Driver, EntryPoint = "cuMemHostAlloc")]
    public static partial int AllocateHost(nint* memory, nuint bytes, uint flags);

    [LibraryImport(Driver, EntryPoint = "cuMemFree_v2")]
    public static partial int Free(nint memory);

    [LibraryImport(Driver, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static partial int Write(nint to, void* from, nuint bytes, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static partial int Read(void* to, nint from, nuint bytes, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuMemcpyDtoDAsync_v2")]
    public static partial int Copy(nint to, nint from, nuint bytes, nint stream);

    [LibraryImport(Driver, EntryPoint = "cuModuleLoadData")]
    public static partial int LoadModule(nint* module, void* image);

    [LibraryImport(Driver, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetFunction(nint* function, nint module, string name);

    [LibraryImport(Driver, EntryPoint = "cuFuncGetAttribute")]
    public static partial int GetFunctionAttribute(int* value, int attribute, nint function);

    [LibraryImport(Driver, EntryPoint = "cuLaunchKernel")]
    public static partial int Launch(
        nint function, uint groupsX, uint groupsY, uint groupsZ, uint itemsX, uint itemsY, uint itemsZ, uint shared, nint stream, void** parameters,
        void** extra);

    [LibraryImport(Compiler, EntryPoint = "nvrtcCreateProgram", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateProgram(nint* program, string text, string name, int headers, byte** texts, byte** names);

    [LibraryImport(Compiler, EntryPoint = "nvrtcCompileProgram")]
    public static partial int Compile(nint program, int count, byte** options);

    [LibraryImport(Compiler, EntryPoint = "nvrtcGetProgramLogSize")]
    public static partial int GetLogSize(nint program, nuint* bytes);

    [LibraryImport(Compiler, EntryPoint = "nvrtcGetProgramLog")]
    public static partial int GetLog(nint program, byte* log);

    [LibraryImport(Compiler, EntryPoint = "nvrtcGetCUBINSize")]
    public static partial int GetImageSize(nint program, nuint* bytes);

    [LibraryImport(Compiler, EntryPoint = "nvrtcGetCUBIN")]
    public static partial int GetImage(nint program, byte* image);

    [LibraryImport(Compiler, EntryPoint = "nvrtcDestroyProgram")]
    public static partial int DestroyProgram(nint* program);
}
