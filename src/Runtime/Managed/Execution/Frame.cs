using TensorGraph.Backends.Commands;
namespace TensorGraph.Backends.Managed;

/// <summary>The memory of one run of a program.</summary>
internal sealed unsafe class Frame(ManagedProgram program)
{
    private readonly TensorData?[] _tensors = new TensorData?[program.Slots.Length];
    private readonly byte*[] _addresses = new byte*[program.Slots.Length];
    private ManagedBuffer? _arena;

    private int _donated;

    public RunContext Context { get; private set; } = null!;

    public ManagedDevice Device => program.Device;

    public byte* Address(int slot) => _addresses[slot];

    public TensorData Tensor(int slot) => _tensors[slot]!;

    /// <summary>True when the program may write over an input, once it does not read it any more. Inputs have the first slots, in order.</summary>
    public bool MayOverwrite(int slot) => slot < _donated && _tensors[slot]!.Buffer.IsUnique;

    public void Begin(ReadOnlySpan<TensorData> inputs, RunContext context, int donated)
    {
        Context = context;
        _donated = donated;
        byte* arena = null;
        if (program.ArenaBytes > 0)
        {
            _arena = Device.Memory.Allocate(program.ArenaBytes, out long offset);
            arena = _arena.Start + offset;
        }
        Slot[] slots = program.Slots;
        for (int i = 0; i < slots.Length; i++)
        {
            switch (slots[i].Kind)
            {
                case SlotKind.Arena:
                    _addresses[i] = arena + slots[i].Offset;
                    break;
                case SlotKind.Constant:
                    Set(i, program.Constants[i]!);
                    break;
            }
        }
        for (int i = 0; i < inputs.Length; i++) Set(program.Inputs[i], inputs[i]);
    }

    /// <summary>Gives a slot memory of its own.</summary>
    public void Allocate(int slot) => Set(slot, Device.Allocate(program.Slots[slot].Layout));

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

    /// <summary>A list as a tensor.</summary>
    public TensorData ListOf(TensorLayout layout, TensorList list) => new(layout, new ListBuffer(Device, list));

    /// <summary>The slot's tensor, with one more holder. An arena slot is copied out.</summary>
    public TensorData Take(int slot, TensorLayout? layout)
    {
        TensorData? tensor = _tensors[slot];
        if (tensor is null)
        {
            tensor = Device.Allocate(layout ??= program.Slots[slot].Layout);
            System.Buffer.MemoryCopy(_addresses[slot], tensor.Address(), layout.Bytes, layout.Bytes);
            return tensor;
        }
        if (layout is not null && tensor.Layout != layout) return tensor.As(layout);
        tensor.Retain();
        return tensor;
    }

    public void End()
    {
        for (int i = 0; i < _tensors.Length; i++)
        {
            if (program.Slots[i].Kind is SlotKind.Heap or SlotKind.External) _tensors[i]?.Release();
            _tensors[i] = null;
        }
        _arena?.Release();
        _arena = null;
    }
}
