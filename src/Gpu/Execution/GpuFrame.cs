namespace TensorGraph.Backends.Gpu;

/// <summary>
/// The memory of one run of a program, and its kernels with their parameters: those stay from run to run, and only what is elsewhere in a run is set
/// anew.
/// </summary>
internal sealed class GpuFrame
{
    private readonly GpuProgram _program;
    private readonly TensorData?[] _tensors;
    private readonly Dictionary<KernelLaunch, PreparedLaunch> _prepared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Segment, RecordedSegment> _recorded = new(ReferenceEqualityComparer.Instance);
    private readonly GpuBuffer? _arena;
    private readonly GpuBuffer? _faults;
    private readonly GpuBuffer? _scratch;
    private int _donated;
    private bool _mayHaveFaults;

    public GpuFrame(GpuProgram program)
    {
        _program = program;
        _tensors = [.. program.Constants];
        GpuDevice device = program.Device;
        if (program.ArenaBytes > 0) _arena = new GpuBuffer(device, device.Memory.Allocate(program.ArenaBytes));
        if (program.ScratchBytes > 0) _scratch = new GpuBuffer(device, device.Memory.Allocate(program.ScratchBytes));
        if (program.FaultCount == 0) return;
        _faults = new GpuBuffer(device, device.Memory.Allocate(FaultBytes));
        ClearFaults();
    }

    private int FaultBytes => 2 * sizeof(long) * _program.FaultCount;

    public CancellationToken Cancellation { get; private set; }

    public GpuDevice Device => _program.Device;

    /// <summary>The tensor of a slot that has one.</summary>
    public TensorData Tensor(int slot) => _tensors[slot]!;

    /// <summary>True when the program may write over an input, once it does not read it any more. Inputs have the first slots, in order.</summary>
    public bool MayOverwrite(int slot) => slot < _donated && _tensors[slot]!.Buffer.IsUnique;

    public void Begin(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation, int donated)
    {
        (Cancellation, _donated, _mayHaveFaults) = (cancellation, donated, false);
        for (int i = 0; i < inputs.Length; i++) _tensors[i] = inputs[i];
    }

    /// <summary>Gives a slot memory of its own.</summary>
    public void Allocate(int slot) => _tensors[slot] = Device.Allocate(_program.Slots[slot].Layout);

    /// <summary>Gives a slot its tensor, which is released with the slot's last use.</summary>
    public void Set(int slot, TensorData tensor) => _tensors[slot] = tensor;

    /// <summary>Releases a slot's tensor after its last use.</summary>
    public void LetGo(int slot)
    {
        _tensors[slot]?.Release();
        _tensors[slot] = null;
    }

    /// <summary>The memory of a slot and the offset in it, in bytes.</summary>
    public (GpuBuffer Buffer, long Offset) Place(int slot)
    {
        if (slot == KernelLaunch.Faults) return (_faults!, 0);
        if (slot == KernelLaunch.Scratch) return (_scratch!, 0);
        if (_tensors[slot] is { } tensor) return ((GpuBuffer)tensor.Buffer, tensor.Offset);
        return (_arena!, _program.Slots[slot].Offset);
    }

    /// <summary>Puts a kernel into the queue.</summary>
    public void Launch(KernelLaunch launch)
    {
        if (!_prepared.TryGetValue(launch, out PreparedLaunch? prepared)) _prepared[launch] = prepared = Prepare(launch);
        prepared.Run(this);
        _mayHaveFaults |= launch.Slots.Contains(KernelLaunch.Faults);
    }

    /// <summary>A kernel with parameters of its own.</summary>
    public PreparedLaunch Prepare(KernelLaunch launch)
    {
        if (launch.Product is { } product && Device.Driver.Products is { } library)
            return new PreparedLaunch(launch, new ProductKernel(library, product));
        GpuKernel kernel = Device.Module(launch.Source).Create();
        if (launch.GroupSize > kernel.MostItems) throw BuildFailure.TooLarge(Device.Driver, launch, kernel.MostItems);
        return new PreparedLaunch(launch, kernel);
    }

    /// <summary>Puts the kernels of a segment into the queue.</summary>
    public void Run(Segment segment)
    {
        if (!Device.Driver.CanRecord)
        {
            foreach (KernelLaunch launch in segment.Launches) Launch(launch);
            return;
        }
        if (!_recorded.TryGetValue(segment, out RecordedSegment? recorded)) _recorded[segment] = recorded = new RecordedSegment(segment);
        if (!recorded.Run(this)) return;
        Device.CountReplay();
        _mayHaveFaults |= Array.Exists(segment.Launches, launch => launch.Slots.Contains(KernelLaunch.Faults));
    }

    /// <summary>Throws when a kernel has reported a fault: before others can see what comes after it, and at the end.</summary>
    public void ThrowFaults()
    {
        if (!_mayHaveFaults) return;
        _mayHaveFaults = false;
        var words = new byte[FaultBytes];
        _faults!.Read(0, words);
        if (!words.AsSpan().ContainsAnyExcept((byte)0)) return;
        ClearFaults();
        ReadOnlySpan<long> faults = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(words);
        foreach (GpuStep step in _program.Steps)
        {
            if (step is KernelStep { Fault: >= 0 } kernel && faults[2 * kernel.Fault] != 0)
                throw kernel.FaultOf(faults[2 * kernel.Fault], faults[2 * kernel.Fault + 1]);
        }
    }

    private void ClearFaults() => Device.Driver.Write(_faults!.Handle, 0, new byte[FaultBytes]);

    /// <summary>The elements of a slot on the host.</summary>
    public byte[] Bytes(int slot, long offset, int count)
    {
        var bytes = new byte[count];
        (GpuBuffer buffer, long start) = Place(slot);
        Device.Driver.Read(buffer.Handle, start + offset, bytes);
        return bytes;
    }

    /// <summary>The slot's tensor, with one more holder; a copy of what is in the arena.</summary>
    public TensorData Take(int slot, TensorLayout? layout)
    {
        if (_tensors[slot] is { } tensor)
        {
            if (layout is not null && tensor.Layout != layout) return tensor.As(layout);
            tensor.Retain();
            return tensor;
        }
        TensorData copy = Device.Allocate(layout ?? _program.Slots[slot].Layout);
        Copy(slot, copy);
        return copy;
    }

    /// <summary>Copies a slot's elements to a tensor.</summary>
    public void Copy(int slot, TensorData to)
    {
        (GpuBuffer buffer, long offset) = Place(slot);
        Device.Driver.Copy(buffer.Handle, offset, ((GpuBuffer)to.Buffer).Handle, to.Offset, to.Layout.Bytes);
    }

    /// <summary>A list as a tensor.</summary>
    public TensorData ListOf(TensorLayout layout, TensorList list) => new(layout, new ListBuffer(Device, list));

    /// <summary>Gives its memory back; it is not used any more.</summary>
    public void Release()
    {
        _arena?.Release();
        _faults?.Release();
        _scratch?.Release();
    }

    public void End()
    {
        Array.Clear(_tensors, 0, _program.InputCount);
        foreach (int slot in _program.OwnSlots) LetGo(slot);
    }
}
