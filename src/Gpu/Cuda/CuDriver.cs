using System.Text;

namespace TensorGraph.Backends.Gpu.Cuda;

/// <summary>A device of CUDA's driver, with its primary context and a stream.</summary>
internal sealed unsafe class CuDriver : GpuDriver
{
    private const int GroupSize = 256;
    private const int ItemsOfGroup = 1024;
    private const int LocalBytes = 48 << 10;
    private const int ParameterBytes = 4096;

    /// <summary>There is not enough memory.</summary>
    public const int OutOfMemory = 2;

    private const int InvalidOption = 5;

    // Too many resources asked for, which leaves the context as it was.
    private const int OutOfResources = 701;

    // A context in which a kernel failed, or whose device is gone, does nothing any more.
    private static readonly int[] Fatal = [4, 46, 100, 201, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999];

    private readonly nint _context;
    private readonly nint _stream;

    // Kernels that are recorded go to a stream of their own: what other threads launch meanwhile is no part of it.
    private readonly nint _captured;
    private readonly Lock _capture = new();

    [ThreadStatic]
    private static bool s_isCapturing;

    // Copies to the host, and from it.
    private readonly nint _reads;
    private readonly nint _writes;
    private readonly string _architecture;

    public CuDriver(int number)
    {
        int device = 0, major = 0, minor = 0, version = 0;
        Check(CuNative.GetDevice(&device, number), "cuDeviceGet");
        Check(CuNative.GetAttribute(&major, 75, device), "cuDeviceGetAttribute");
        Check(CuNative.GetAttribute(&minor, 76, device), "cuDeviceGetAttribute");
        Check(CuNative.GetVersion(&version), "cuDriverGetVersion");
        nuint bytes = 0;
        Check(CuNative.GetMemory(&bytes, device), "cuDeviceTotalMem");
        MemoryBytes = (long)bytes;
        _architecture = FormattableString.Invariant($"--gpu-architecture=sm_{major}{minor}");
        Description = FormattableString.Invariant($"{NameOf(device)}, sm_{major}{minor}, CUDA {version}");
        Limits = TileTuner.Tuned(this, DeviceLimits.Of(hasDouble: true, ItemsOfGroup, GroupSize, ParameterBytes, LocalBytes));
        nint context = 0, stream = 0;
        Check(CuNative.RetainContext(&context, device), "cuDevicePrimaryCtxRetain");
        _context = context;
        Enter();
        Check(CuNative.CreateStream(&stream, 1), "cuStreamCreate");
        _stream = stream;
        Check(CuNative.CreateStream(&stream, 1), "cuStreamCreate");
        _reads = stream;
        Check(CuNative.CreateStream(&stream, 1), "cuStreamCreate");
        _writes = stream;
        Check(CuNative.CreateStream(&stream, 1), "cuStreamCreate");
        _captured = stream;
        Staging = new HostStaging(this);
        Products = CuBlas.For(this, _stream, _captured);
        Limits = Limits with { HasProducts = Products is not null };
    }

    /// <summary>The number of devices; 0 where the driver has none.</summary>
    public static int Count
    {
        get
        {
            int count = 0;
            return CuNative.Initialize(0) == 0 && CuNative.GetDeviceCount(&count) == 0 ? count : 0;
        }
    }

    public override Dialect Dialect => Dialect.Cuda;

    public override string Description { get; }

    public override int MostItems => ItemsOfGroup;

    public override long MemoryBytes { get; }

    public override long LargestBlock => MemoryBytes;

    public override bool CanRecord => true;

    public override nint Allocate(long bytes)
    {
        Enter();
        nint memory = 0;
        int error = CuNative.Allocate(&memory, (nuint)bytes);
        if (error == OutOfMemory) return 0;
        Check(error, "cuMemAlloc");
        return memory;
    }

    public override void Free(nint memory)
    {
        if (TryEnter()) _ = CuNative.Free(memory);
    }

    public override nint AllocateHost(long bytes)
    {
        Enter();
        nint memory = 0;
        return CuNative.AllocateHost(&memory, (nuint)bytes, 0) == 0 ? memory : 0;
    }

    protected override GpuMark NewMark()
    {
        Enter();
        nint mark = 0;
        // Without times.
        Check(CuNative.CreateEvent(&mark, 2), "cuEventCreate");
        return new CuMark(this, mark);
    }

    protected override void Put(GpuCopy copy, GpuQueue queue, GpuMark end)
    {
        nint stream = StreamOf(queue), memory = copy.Memory + (nint)copy.Offset;
        if (copy.After is { } after) Check(CuNative.Wait(stream, after.DangerousGetHandle(), 0), "cuStreamWaitEvent");
        GC.KeepAlive(copy.After);
        if (copy.IsRead) Check(CuNative.Read((void*)copy.Host, memory, (nuint)copy.Bytes, stream), "cuMemcpyDtoHAsync");
        else Check(CuNative.Write(memory, (void*)copy.Host, (nuint)copy.Bytes, stream), "cuMemcpyHtoDAsync");
    }

    protected override void PutEnd(GpuQueue queue, GpuMark end)
    {
        Check(CuNative.Record(end.DangerousGetHandle(), StreamOf(queue)), "cuEventRecord");
        GC.KeepAlive(end);
    }

    protected override void Delay(GpuMark end)
    {
        Check(CuNative.Wait(_stream, end.DangerousGetHandle(), 0), "cuStreamWaitEvent");
        GC.KeepAlive(end);
    }

    protected override void Drain(GpuQueue queue, GpuMark end)
    {
        Await(() => CuNative.QueryStream(StreamOf(queue)) != CuMark.NotReady);
        int error = CuNative.Synchronize(StreamOf(queue));
        if (error != 0) throw Loses(FormattableString.Invariant($"cuStreamSynchronize fails with error {error}"));
    }

    private nint StreamOf(GpuQueue queue) => queue switch { GpuQueue.Reads => _reads, GpuQueue.Writes => _writes, _ => _stream };

    public override GpuMark Mark()
    {
        GpuMark mark = NewMark();
        PutEnd(GpuQueue.Work, mark);
        return mark;
    }

    public override void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes)
    {
        if (bytes == 0) return;
        Enter();
        Check(CuNative.Copy(to + (nint)toOffset, from + (nint)fromOffset, (nuint)bytes, _stream), "cuMemcpyDtoDAsync");
    }

    public override GpuRecording Record(Action launches)
    {
        Enter();
        lock (_capture)
        {
            nint graph = 0, executable = 0;
            int captured = 0;
            bool isLaunched = false;
            Check(CuNative.BeginCapture(_captured, 1), "cuStreamBeginCapture");
            s_isCapturing = true;
            try
            {
                launches();
                isLaunched = true;
            }
            finally
            {
                // The error of a launch comes first.
                s_isCapturing = false;
                captured = CuNative.EndCapture(_captured, &graph);
                if (!isLaunched && graph != 0) _ = CuNative.DestroyGraph(graph);
            }
            Check(captured, "cuStreamEndCapture");
            int error = CuNative.Instantiate(&executable, graph, 0);
            _ = CuNative.DestroyGraph(graph);
            Check(error, "cuGraphInstantiate");
            return new CuRecording(executable);
        }
    }

    public override void Replay(GpuRecording recording)
    {
        Enter();
        int error = CuNative.LaunchGraph(recording.DangerousGetHandle(), _stream);
        if (IsShort(error)) error = CuNative.LaunchGraph(recording.DangerousGetHandle(), _stream);
        Check(error, "cuGraphLaunch");
        GC.KeepAlive(recording);
    }

    public override void Finish()
    {
        Await(after: null);
        Enter();
        Check(CuNative.Synchronize(_stream), "cuStreamSynchronize");
    }

    /// <summary>The state of an event: an error of the driver, 0 when it is done.</summary>
    public int Query(nint done)
    {
        Enter();
        return CuNative.QueryEvent(done);
    }

    /// <summary>Waits for a mark.</summary>
    public void Wait(CuMark mark, nint done)
    {
        Await(mark);
        Enter();
        Check(CuNative.WaitForEvent(done), "cuEventSynchronize");
        GC.KeepAlive(mark);
    }

    // A stream begins by itself.
    public override void Flush()
    {
    }

    public override GpuModule Build(string source)
    {
        Enter();
        nint module = 0, function = 0;
        if (KernelCache.Find($"{Description}\n{_architecture}\n{Dialect.Complete(source)}") is not { } kept || Load(kept, &module) != 0)
        {
            byte[] image = Compile(source);
            int error = Load(image, &module);
            if (IsShort(error)) error = Load(image, &module);
            Check(error, "cuModuleLoadData");
        }
        Check(CuNative.GetFunction(&function, module, "run"), "cuModuleGetFunction");
        return new CuModule(this, function);
    }

    /// <summary>The most items of a group of a function.</summary>
    public int MostItemsOf(nint function)
    {
        int items = 0;
        Check(CuNative.GetFunctionAttribute(&items, 0, function), "cuFuncGetAttribute");
        return items;
    }

    /// <summary>Puts a kernel into the stream.</summary>
    public void Launch(nint function, long groups, int groupSize, void** parameters)
    {
        Enter();
        int error = Launch();
        if (IsShort(error)) error = Launch();
        Check(error == OutOfResources ? OutOfMemory : error, "cuLaunchKernel");

        int Launch() =>
            CuNative.Launch(function, (uint)groups, 1, 1, (uint)groupSize, 1, 1, 0, s_isCapturing ? _captured : _stream, parameters, null);
    }

    /// <summary>
    /// True when there was not enough memory, and there may be now. While kernels are recorded nothing can be given back: then the recording fails.
    /// </summary>
    public bool IsShort(int error)
    {
        if (error != OutOfMemory || s_isCapturing) return false;
        MakeRoom();
        return true;
    }

    private static int Load(byte[] image, nint* module)
    {
        fixed (byte* first = image) return CuNative.LoadModule(module, first);
    }

    private byte[] Compile(string source)
    {
        string text = Dialect.Complete(source);
        nint program = 0;
        CheckCompiler(CuNative.CreateProgram(&program, text, "kernel.cu", 0, null, null), "nvrtcCreateProgram");
        try
        {
            int error;
            fixed (byte* architecture = Encoding.UTF8.GetBytes(_architecture + '\0'), unfused = "--fmad=false\0"u8)
            {
                byte** options = stackalloc byte*[2];
                options[0] = architecture;
                options[1] = unfused;
                error = CuNative.Compile(program, 2, options);
            }
            if (error == InvalidOption)
            {
                throw new GraphException(
                    DiagnosticIds.GpuUnavailable, $"build: the run-time compiler (NVRTC) of this machine is older than the device: it does not know {_architecture}",
                    "Install the NVRTC of a CUDA toolkit that has the device.");
            }
            if (error == 6) throw BuildFailure.Of(Dialect, Description, source, Log(program));
            CheckCompiler(error, "nvrtcCompileProgram");
            nuint bytes = 0;
            CheckCompiler(CuNative.GetImageSize(program, &bytes), "nvrtcGetCUBINSize");
            var image = new byte[(int)bytes];
            fixed (byte* first = image) CheckCompiler(CuNative.GetImage(program, first), "nvrtcGetCUBIN");
            KernelCache.Keep($"{Description}\n{_architecture}\n{text}", image);
            return image;
        }
        finally
        {
            _ = CuNative.DestroyProgram(&program);
        }
    }

    private static string Log(nint program)
    {
        nuint bytes = 0;
        _ = CuNative.GetLogSize(program, &bytes);
        var log = new byte[(int)bytes];
        fixed (byte* first = log) _ = CuNative.GetLog(program, first);
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    private static string NameOf(int device)
    {
        var name = new byte[256];
        fixed (byte* first = name) _ = CuNative.GetDeviceName(first, name.Length, device);
        return Encoding.UTF8.GetString(name).TrimEnd('\0');
    }

    /// <summary>Makes the context current for this thread.</summary>
    /// <returns>The stream for its kernels.</returns>
    public nint Enter()
    {
        Check(CuNative.SetContext(_context), "cuCtxSetCurrent");
        return s_isCapturing ? _captured : _stream;
    }

    /// <summary>Makes the context current, also for the garbage collector, where nothing may throw.</summary>
    public bool TryEnter() => CuNative.SetContext(_context) == 0;

    /// <summary>Throws the error of a library, which has numbers of its own: that of the device where it is lost.</summary>
    /// <exception cref="GraphException">TG5006 when the device is lost.</exception>
    public void ThrowOfLibrary(int error, string call)
    {
        int state = CuNative.QueryStream(_stream);
        if (state != CuMark.NotReady) Check(state, call);
        Throw.Internal(FormattableString.Invariant($"{call} fails with error {error}"));
    }

    private static void CheckCompiler(int error, string call)
    {
        if (error != 0) Throw.Internal(FormattableString.Invariant($"{call} fails with error {error}"));
    }

    /// <summary>Throws unless a call succeeded.</summary>
    /// <exception cref="GraphException">TG5002 without memory, TG5006 when the device is lost.</exception>
    public void Check(int error, string call)
    {
        if (error == 0) return;
        string problem = FormattableString.Invariant($"{call} fails with error {error}");
        if (error == OutOfMemory)
            Throw.Raise(DiagnosticIds.OutOfMemory, "cuda", problem, "Let go tensors that are not needed any more, or use smaller batches.");
        if (Array.IndexOf(Fatal, error) >= 0) throw Loses(problem);
        Throw.Internal(problem);
    }
}
