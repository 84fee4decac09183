using System.Text;

namespace TensorGraph.Backends.Gpu.OpenCl;

/// <summary>An OpenCL device with a context and an in-order queue.</summary>
internal sealed unsafe class ClDriver : GpuDriver
{
    private const int GroupSize = 128;

    private const int OutOfResources = -5;

    // Errors after which a device runs nothing any more.
    private static readonly int[] Fatal = [-2, OutOfResources, -14, -36, -9999];
    private static readonly int[] NoMemory = [-4, -6, -61];

    private readonly ClPlace _place;
    private readonly nint _context;
    private readonly nint _queue;

    private readonly ClRecorder? _recorder;

    // Copies to the host, and from it.
    private readonly nint _reads;
    private readonly nint _writes;

    // Memory of the host is mapped in a queue that has nothing else to do.
    private readonly nint _maps;

    public ClDriver(ClPlace place)
        : this(place, place.HasDouble, place.MostItems, place.HasOwnMemory)
    {
    }

    /// <summary>One that may leave f64 to the host and have small groups, as devices do that lack more, and may have memory of its own.</summary>
    public ClDriver(ClPlace place, bool hasDouble, long mostItems, bool hasOwnMemory)
    {
        _place = place;
        nint device = place.Device;
        int error = 0;
        _context = ClNative.CreateContext(0, 1, &device, 0, 0, &error);
        Check(error, "clCreateContext");
        _queue = ClNative.CreateQueue(_context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        _recorder = ClRecorder.Of(place, _queue);
        _reads = ClNative.CreateQueue(_context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        _writes = ClNative.CreateQueue(_context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        _maps = ClNative.CreateQueue(_context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        if (hasOwnMemory) Staging = new HostStaging(this);
        Description = $"{place.Name}, {place.Driver}";
        MostItems = (int)mostItems;
        Limits = TileTuner.Tuned(this, DeviceLimits.Of(hasDouble, mostItems, GroupSize, place.ParameterBytes, place.LocalBytes));
        Options = "-cl-std=CL1.2" + (hasDouble ? " -DHAS_DOUBLE" : "") + (place.RoundsDivisions ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
    }

    public override Dialect Dialect => Dialect.OpenCl;

    public override string Description { get; }

    public override int MostItems { get; }

    public override long MemoryBytes => _place.MemoryBytes;

    public override long LargestBlock => _place.LargestBuffer;

    /// <summary>Options of the compiler.</summary>
    private string Options { get; }

    public override nint Allocate(long bytes)
    {
        int error = 0;
        nint memory = ClNative.CreateBuffer(_context, 1, (nuint)bytes, null, &error);
        if (error == OutOfResources || Array.IndexOf(NoMemory, error) >= 0) return 0;
        Check(error, "clCreateBuffer");
        return memory;
    }

    public override void Free(nint memory) => _ = ClNative.ReleaseBuffer(memory);

    protected override void WriteNow(nint memory, long offset, ReadOnlySpan<byte> from)
    {
        fixed (byte* first = from)
        {
            int error = ClNative.Write(_queue, memory, 1, (nuint)offset, (nuint)from.Length, first, 0, null, null);
            if (IsShort(error)) error = ClNative.Write(_queue, memory, 1, (nuint)offset, (nuint)from.Length, first, 0, null, null);
            Check(error, "clEnqueueWriteBuffer");
        }
    }

    protected override void ReadNow(nint memory, long offset, Span<byte> to, GpuMark? after)
    {
        nint mark = after?.DangerousGetHandle() ?? 0;
        (nint queue, uint waits) = after is null ? (_queue, 0u) : (_reads, 1);
        fixed (byte* first = to)
        {
            int error = ClNative.Read(queue, memory, 1, (nuint)offset, (nuint)to.Length, first, waits, waits == 0 ? null : &mark, null);
            Check(error, "clEnqueueReadBuffer");
        }
        GC.KeepAlive(after);
    }

    public override nint AllocateHost(long bytes)
    {
        int error = 0;
        // Memory of the host (16) that may be read and written (1 and 2 of a mapping), mapped for good.
        nint memory = ClNative.CreateBuffer(_context, 1 | 16, (nuint)bytes, null, &error);
        if (error != 0) return 0;
        void* mapped = ClNative.Map(_maps, memory, 1, 1 | 2, 0, (nuint)bytes, 0, null, null, &error);
        if (error == 0) return (nint)mapped;
        Free(memory);
        return 0;
    }

    protected override GpuMark NewMark() => new ClMark(this);

    // The event comes with the copy.
    protected override void Put(GpuCopy copy, GpuQueue queue, GpuMark end)
    {
        // What another queue waits for must have begun.
        if (copy.After is not null) Flush();
        int error = Enqueue(copy, QueueOf(queue), (ClMark)end);
        if (IsShort(error)) error = Enqueue(copy, QueueOf(queue), (ClMark)end);
        Check(error, copy.IsRead ? "clEnqueueReadBuffer" : "clEnqueueWriteBuffer");
    }

    private static int Enqueue(GpuCopy copy, nint queue, ClMark end)
    {
        nint done = 0, after = copy.After?.DangerousGetHandle() ?? 0;
        uint waits = after == 0 ? 0u : 1;
        nint* waited = after == 0 ? null : &after;
        int error = copy.IsRead
            ? ClNative.Read(queue, copy.Memory, 0, (nuint)copy.Offset, (nuint)copy.Bytes, (void*)copy.Host, waits, waited, &done)
            : ClNative.Write(queue, copy.Memory, 0, (nuint)copy.Offset, (nuint)copy.Bytes, (void*)copy.Host, waits, waited, &done);
        GC.KeepAlive(copy.After);
        if (error == 0) end.Place(done);
        return error;
    }

    protected override void PutEnd(GpuQueue queue, GpuMark end) => Check(ClNative.Flush(QueueOf(queue)), "clFlush");

    protected override void Delay(GpuMark end)
    {
        nint done = end.DangerousGetHandle();
        int error = ClNative.Barrier(_queue, 1, &done, null);
        if (IsShort(error)) error = ClNative.Barrier(_queue, 1, &done, null);
        Check(error, "clEnqueueBarrierWithWaitList");
        GC.KeepAlive(end);
    }

    protected override void Drain(GpuQueue queue, GpuMark end)
    {
        Await(() => end.IsDone);
        int error = ClNative.Finish(QueueOf(queue));
        if (error != 0) throw Loses(FormattableString.Invariant($"clFinish fails with error {error} on {_place.Name}"));
    }

    private nint QueueOf(GpuQueue queue) => queue switch { GpuQueue.Reads => _reads, GpuQueue.Writes => _writes, _ => _queue };

    public override GpuMark Mark()
    {
        nint done = 0;
        Check(ClNative.Mark(_queue, 0, null, &done), "clEnqueueMarkerWithWaitList");
        var mark = new ClMark(this);
        mark.Place(done);
        return mark;
    }

    public override void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes)
    {
        if (bytes == 0) return;
        int error = ClNative.Copy(_queue, from, to, (nuint)fromOffset, (nuint)toOffset, (nuint)bytes, 0, null, null);
        if (IsShort(error)) error = ClNative.Copy(_queue, from, to, (nuint)fromOffset, (nuint)toOffset, (nuint)bytes, 0, null, null);
        Check(error, "clEnqueueCopyBuffer");
    }

    public override bool CanRecord => _recorder is not null;

    public override GpuRecording Record(Action launches) => _recorder!.Record(this, launches);

    public override void Replay(GpuRecording recording)
    {
        int error = _recorder!.Replay((ClRecording)recording);
        if (IsShort(error)) error = _recorder.Replay((ClRecording)recording);
        CheckRoom(error, "clEnqueueCommandBufferKHR");
    }

    public override void Finish()
    {
        Await(after: null);
        Check(ClNative.Finish(_queue), "clFinish");
    }

    /// <summary>Waits for a mark.</summary>
    public void Wait(ClMark mark, nint done)
    {
        Await(mark);
        Check(ClNative.WaitForEvents(1, &done), "clWaitForEvents");
        GC.KeepAlive(mark);
    }

    public override void Flush() => Check(ClNative.Flush(_queue), "clFlush");

    public override GpuModule Build(string source)
    {
        string text = Dialect.Complete(source), identity = $"{Description}\n{Options}\n{text}";
        if (KernelCache.Find(identity) is { } kept && Load(kept) is { } known) return new ClModule(this, known);
        nint program = Compile(source, text);
        if (KernelCache.Folder is not null && Binary(program) is { } binary) KernelCache.Keep(identity, binary);
        return new ClModule(this, program);
    }

    /// <summary>Throws unless a call succeeded.</summary>
    /// <exception cref="GraphException">TG5002 without memory, TG5006 when the device is lost.</exception>
    public void Check(int error, string call)
    {
        if (error == 0) return;
        string problem = FormattableString.Invariant($"{call} fails with error {error} on {_place.Name}");
        if (Array.IndexOf(NoMemory, error) >= 0)
            Throw.Raise(DiagnosticIds.OutOfMemory, "opencl", problem, "Let go tensors that are not needed any more, or use smaller batches.");
        if (Array.IndexOf(Fatal, error) >= 0) throw Loses(problem);
        Throw.Internal(problem);
    }

    /// <summary>Throws unless something was made, or a kernel went into the queue. A device that has no room for one goes on with others.</summary>
    /// <exception cref="GraphException">TG5002 without memory or other resources, TG5006 when the device is lost.</exception>
    public void CheckRoom(int error, string call) => Check(error == OutOfResources ? NoMemory[0] : error, call);

    /// <summary>The most items of a group of a kernel.</summary>
    public int MostItemsOf(nint kernel)
    {
        nuint items = 0;
        Check(ClNative.GetGroupInfo(kernel, _place.Device, 0x11B0, (nuint)sizeof(nuint), &items, null), "clGetKernelWorkGroupInfo");
        return (int)items;
    }

    /// <summary>Puts a kernel into the queue.</summary>
    public void Launch(nint kernel, long groups, int groupSize)
    {
        nuint group = (nuint)groupSize, items = (nuint)(groups * groupSize);
        if (ClRecorder.IsOpen)
        {
            _recorder!.Launch(this, kernel, items, group);
            return;
        }
        int error = ClNative.Launch(_queue, kernel, 1, null, &items, &group, 0, null, null);
        if (IsShort(error)) error = ClNative.Launch(_queue, kernel, 1, null, &items, &group, 0, null, null);
        CheckRoom(error, "clEnqueueNDRangeKernel");
    }

    // True when there was not enough memory, and there may be now.
    private bool IsShort(int error)
    {
        if (error != OutOfResources && Array.IndexOf(NoMemory, error) < 0) return false;
        MakeRoom();
        return true;
    }

    private nint Compile(string source, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        nuint length = (nuint)bytes.Length;
        int error = 0;
        nint program;
        fixed (byte* first = bytes)
        {
            byte* start = first;
            program = ClNative.CreateProgram(_context, 1, &start, &length, &error);
        }
        CheckRoom(error, "clCreateProgramWithSource");
        nint device = _place.Device;
        error = ClNative.Build(program, 1, &device, Options, 0, 0);
        if (error == -11) throw BuildFailure.Of(Dialect, Description, source, BuildLog(program));
        CheckRoom(error, "clBuildProgram");
        return program;
    }

    // Null for what the driver does not take any more.
    private nint? Load(byte[] binary)
    {
        nint device = _place.Device, program;
        nuint length = (nuint)binary.Length;
        int state = 0, error = 0;
        fixed (byte* first = binary)
        {
            byte* start = first;
            program = ClNative.CreateProgramOf(_context, 1, &device, &length, &start, &state, &error);
        }
        if (error != 0 || state != 0) return null;
        if (ClNative.Build(program, 1, &device, Options, 0, 0) == 0) return program;
        _ = ClNative.ReleaseProgram(program);
        return null;
    }

    private static byte[]? Binary(nint program)
    {
        nuint bytes = 0;
        if (ClNative.GetProgramInfo(program, 0x1165, (nuint)sizeof(nuint), &bytes, null) != 0 || bytes == 0) return null;
        var binary = new byte[(int)bytes];
        fixed (byte* first = binary)
        {
            byte* start = first;
            return ClNative.GetProgramInfo(program, 0x1166, (nuint)sizeof(nint), &start, null) == 0 ? binary : null;
        }
    }

    private string BuildLog(nint program)
    {
        nuint bytes = 0;
        _ = ClNative.GetBuildInfo(program, _place.Device, 0x1183, 0, null, &bytes);
        var log = new byte[(int)bytes];
        fixed (byte* first = log) _ = ClNative.GetBuildInfo(program, _place.Device, 0x1183, bytes, first, null);
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }
}
