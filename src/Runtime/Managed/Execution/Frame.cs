using TensorGraph.Backends.Commands;
namespace TensorGraph.Backends.Managed;

/// <summary>The memory of one run of a program.</summary>
internal sealed unsafe class Frame
{
    private readonly ManagedProgram _program;
    private readonly TensorData?[] _tensors;
    private readonly byte*[] _addresses;
    private ManagedBuffer? _arena;
    private TensorData?[]? _destinations;
    private int _donated;

    public Frame(ManagedProgram program)
    {
        _program = program;
        _tensors = new TensorData?[program.Slots.Length];
        _addresses = new byte*[program.Slots.Length];
        // They are the same in each run.
        for (int i = 0; i < _tensors.Length; i++)
        {
            if (program.Constants[i] is { } constant) Set(i, constant);
        }
    }

    private Frame(Frame outer)
    {
        _program = outer._program;
        _tensors = outer._tensors;
        _addresses = (byte*[])outer._addresses.Clone();
        _destinations = outer._destinations;
        Cancellation = outer.Cancellation;
    }

    public CancellationToken Cancellation { get; private set; }

    public ManagedDevice Device => _program.Device;

    public byte* Address(int slot) => _addresses[slot];

    public TensorData Tensor(int slot) => _tensors[slot]!;

    /// <summary>The slot's tensor; null for what is in the arena.</summary>
    public TensorData? HeldTensor(int slot) => _tensors[slot];

    /// <summary>True when the program may write over an input, once it does not read it any more. Inputs have the first slots, in order.</summary>
    public bool MayOverwrite(int slot) => slot < _donated && _tensors[slot]!.Buffer.IsUnique;

    public void Begin(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation, int donated)
    {
        Cancellation = cancellation;
        _donated = donated;
        if (_program.ArenaBytes > 0)
        {
            _arena = Device.Memory.Allocate(_program.ArenaBytes, out long offset);
            byte* arena = _arena.Start + offset;
            Slot[] slots = _program.Slots;
            foreach (int slot in _program.ArenaSlots) _addresses[slot] = arena + slots[slot].Offset;
        }
        for (int i = 0; i < inputs.Length; i++) Set(i, inputs[i]);
    }

    /// <summary>Gives a slot memory of its own, that of the caller, or that of the variable which the value is for.</summary>
    public void Allocate(int slot)
    {
        TensorData? place = _destinations?[slot]
            ?? (_program.Homes?[slot] is { Mirror.Home: { } home } variable && IsFree(home, variable) ? home : null);
        Set(slot, place is not null ? place.As(place.Layout) : Device.Allocate(_program.Slots[slot].Layout));
    }

    // Only its library, the variable if its value is there, and slots have it; what else is on the same memory may be an argument.
    private bool IsFree(TensorData home, VariableResource variable)
    {
        if (home.Buffer is not ManagedBuffer buffer || buffer.Device != Device) return false;
        int slots = 0;
        for (int i = 0; i < _tensors.Length; i++)
        {
            if (_tensors[i] is not { } tensor) continue;
            if (tensor.Buffer == buffer) slots++;
            else if (i < _program.InputCount && Overlaps(tensor, buffer)) return false;
        }
        return buffer.Holders == (variable.IsIn(buffer) ? 2 : 1) + slots;
    }

    private static bool Overlaps(TensorData tensor, ManagedBuffer buffer) =>
        tensor.Buffer is ManagedBuffer { IsBorrowed: true } other
        && other.Start < buffer.Start + buffer.Bytes && buffer.Start < other.Start + other.Bytes;

    /// <summary>Has a slot written to memory of the caller, if it has a block of its own.</summary>
    public void Direct(int slot, TensorData wanted)
    {
        if (wanted.Buffer is not ManagedBuffer { IsDestination: true }) return;
        if (_program.Slots[slot] is { Kind: SlotKind.Heap } own && own.Layout.Bytes == wanted.Layout.Bytes)
            (_destinations ??= new TensorData?[_tensors.Length])[slot] = wanted;
    }

    /// <summary>Releases a slot's tensor after its last use.</summary>
    public void LetGo(int slot)
    {
        _tensors[slot]?.Release();
        _tensors[slot] = null;
    }

    /// <summary>Gives a slot its tensor; a <see cref="SlotKind.External"/> one is released at the end.</summary>
    public void Set(int slot, TensorData tensor)
    {
        _tensors[slot] = tensor;
        _addresses[slot] = tensor.Address();
    }

    /// <summary>The same memory for a thread that places some slots elsewhere. It owns nothing.</summary>
    public Frame Branch() => new(this);

    /// <summary>Places a slot that has no tensor.</summary>
    public void Place(int slot, byte* address) => _addresses[slot] = address;

    /// <summary>A list as a tensor.</summary>
    public TensorData ListOf(TensorLayout layout, TensorList list) => new(layout, new ListBuffer(Device, list));

    /// <summary>The slot's tensor, with one more holder. What is in the arena or borrowed is copied, since the tensor may outlive the run.</summary>
    public TensorData Take(int slot, TensorLayout? layout)
    {
        TensorData? tensor = _tensors[slot];
        if (tensor is not null && !tensor.Buffer.IsBorrowed) return Lend(slot, layout);
        TensorData copy = Device.Allocate(layout ??= _program.Slots[slot].Layout);
        System.Buffer.MemoryCopy(_addresses[slot], copy.Address(), layout.Bytes, layout.Bytes);
        GC.KeepAlive(tensor);
        return copy;
    }

    /// <summary>As <see cref="Take"/>, at the end of a run: what is in memory of the caller stays there.</summary>
    public TensorData Give(int slot, TensorLayout? layout) =>
        _destinations?[slot] is { } destination && destination.Buffer == _tensors[slot]?.Buffer ? destination : Take(slot, layout);

    /// <summary>As <see cref="Take"/>, for an inner run: what is borrowed is not copied.</summary>
    public TensorData Lend(int slot, TensorLayout? layout)
    {
        TensorData? tensor = _tensors[slot];
        if (tensor is null) return Take(slot, layout);
        if (layout is not null && tensor.Layout != layout) return tensor.As(layout);
        tensor.Retain();
        return tensor;
    }

    public void End()
    {
        Array.Clear(_tensors, 0, _program.InputCount);
        _destinations = null;
        foreach (int slot in _program.OwnSlots) LetGo(slot);
        _arena?.Release();
        _arena = null;
    }
}
