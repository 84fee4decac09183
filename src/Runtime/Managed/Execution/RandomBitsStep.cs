using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Philox4x32-10: four words for each value of the counter.</summary>
internal sealed unsafe class RandomBitsStep(RandomBitsCommand c) : Step(c)
{
    private readonly View _key = c.Key;
    private readonly View _counter = c.Counter;
    private readonly long _count = c.Count;

    public override void Run(Frame frame)
    {
        ulong key = ((ulong*)frame.Address(_key.Slot))[_key.Offset];
        ulong counter = ((ulong*)frame.Address(_counter.Slot))[_counter.Offset];
        uint* words = (uint*)frame.Address(Writes[0]);
        uint* last = stackalloc uint[4];
        long block = 0;
        for (; 4 * block + 4 <= _count; block++) Philox(key, unchecked(counter + (ulong)block), words + 4 * block);
        if (4 * block == _count) return;
        Philox(key, unchecked(counter + (ulong)block), last);
        for (long i = 4 * block; i < _count; i++) words[i] = last[i - 4 * block];
    }

    private static void Philox(ulong key, ulong counter, uint* words)
    {
        const ulong M0 = 0xD2511F53;
        const ulong M1 = 0xCD9E8D57;
        uint x0 = (uint)counter, x1 = (uint)(counter >> 32), x2 = 0, x3 = 0;
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = M0 * x0, p1 = M1 * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 = unchecked(k0 + 0x9E3779B9);
            k1 = unchecked(k1 + 0xBB67AE85);
        }
        (words[0], words[1], words[2], words[3]) = (x0, x1, x2, x3);
    }
}
