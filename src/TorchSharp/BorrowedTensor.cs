using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Torch;

/// <summary>
/// Holds the memory of a torch tensor for a tensor of ours: a detached alias, which no dispose scope knows. It ends with the last holder of the
/// buffer, or when the garbage collector finds both gone.
/// </summary>
internal sealed class BorrowedTensor : IDisposable
{
    private readonly MemoryPool _pool;
    private readonly long _bytes;
    private nint _handle;

    /// <summary>Takes over an alias.</summary>
    public BorrowedTensor(nint alias, MemoryPool pool, long bytes)
    {
        pool.Borrow(bytes);
        (_handle, _pool, _bytes) = (alias, pool, bytes);
    }

#pragma warning disable MA0055 // Frees native memory.
    ~BorrowedTensor() => Free();
#pragma warning restore MA0055

    /// <summary>Gives the memory back to LibTorch.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle == 0 || !TorchCalls.Begin()) return;
        try
        {
            Native.Check(Native.Delete(handle));
        }
        finally
        {
            TorchCalls.End();
        }
        _pool.GiveBack(_bytes);
    }
}
