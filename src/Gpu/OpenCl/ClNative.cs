using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu.OpenCl;

/// <summary>The functions of OpenCL that this device calls, from the loader that the machine has.</summary>
internal static unsafe partial class ClNative
{
    private const string Library = NativeLibraries.OpenCl;

    [LibraryImport(Library, EntryPoint = "clGetPlatformIDs")]
    public static partial int GetPlatforms(uint count, nint* platforms, uint* found);

    [LibraryImport(Library, EntryPoint = "clGetExtensionFunctionAddressForPlatform")]
    public static partial nint FindFunction(nint platform, byte* name);

    [LibraryImport(Library, EntryPoint = "clGetDeviceIDs")]
    public static partial int GetDevices(nint platform, ulong type, uint count, nint* devices, uint* found);

    [LibraryImport(Library, EntryPoint = "clGetDeviceInfo")]
    public static partial int GetDeviceInfo(nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clCreateContext")]
    public static partial nint CreateContext(nint properties, uint count, nint* devices, nint notify, nint data, int* error);

    [LibraryImport(Library, EntryPoint = "clCreateCommandQueue")]
    public static partial nint CreateQueue(nint context, nint device, ulong properties, int* error);

    [LibraryImport(Library, EntryPoint = "clCreateBuffer")]
    public static partial nint CreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* error);

    [LibraryImport(Library, EntryPoint = "clReleaseMemObject")]
    public static partial int ReleaseBuffer(nint memory);

    [LibraryImport(Library, EntryPoint = "clEnqueueReadBuffer")]
    public static partial int Read(nint queue, nint memory, uint blocks, nuint offset, nuint bytes, void* to, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueWriteBuffer")]
    public static partial int Write(
        nint queue, nint memory, uint blocks, nuint offset, nuint bytes, void* from, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueCopyBuffer")]
    public static partial int Copy(
        nint queue, nint from, nint to, nuint fromOffset, nuint toOffset, nuint bytes, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clCreateProgramWithSource")]
    public static partial nint CreateProgram(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(Library, EntryPoint = "clCreateProgramWithBinary")]
    public static partial nint CreateProgramOf(nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* states, int* error);

    [LibraryImport(Library, EntryPoint = "clBuildProgram", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Build(nint program, uint count, nint* devices, string options, nint notify, nint data);

    [LibraryImport(Library, EntryPoint = "clGetProgramBuildInfo")]
    public static partial int GetBuildInfo(nint program, nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clGetProgramInfo")]
    public static partial int GetProgramInfo(nint program, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clReleaseProgram")]
    public static partial int ReleaseProgram(nint program);

    [LibraryImport(Library, EntryPoint = "clCreateKernel", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateKernel(nint program, string name, int* error);

    [LibraryImport(Library, EntryPoint = "clGetKernelWorkGroupInfo")]
    public static partial int GetGroupInfo(nint kernel, nint device, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clReleaseKernel")]
    public static partial int ReleaseKernel(nint kernel);

    [LibraryImport(Library, EntryPoint = "clSetKernelArg")]
    public static partial int SetArgument(nint kernel, uint index, nuint bytes, void* value);

    [LibraryImport(Library, EntryPoint = "clEnqueueNDRangeKernel")]
    public static partial int Launch(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* items, nuint* group, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueMapBuffer")]
    public static partial void* Map(
        nint queue, nint memory, uint blocks, ulong flags, nuint offset, nuint bytes, uint waits, nint* events, nint* done, int* error);

    [LibraryImport(Library, EntryPoint = "clEnqueueBarrierWithWaitList")]
    public static partial int Barrier(nint queue, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clEnqueueMarkerWithWaitList")]
    public static partial int Mark(nint queue, uint waits, nint* events, nint* done);

    [LibraryImport(Library, EntryPoint = "clWaitForEvents")]
    public static partial int WaitForEvents(uint count, nint* events);

    [LibraryImport(Library, EntryPoint = "clGetEventInfo")]
    public static partial int GetEventInfo(nint done, uint name, nuint size, void* value, nuint* needed);

    [LibraryImport(Library, EntryPoint = "clReleaseEvent")]
    public static partial int ReleaseEvent(nint done);

    [LibraryImport(Library, EntryPoint = "clFinish")]
    public static partial int Finish(nint queue);

    [LibraryImport(Library, EntryPoint = "clFlush")]
    public static partial int Flush(nint queue);
}
