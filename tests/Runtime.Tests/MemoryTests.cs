using System.Runtime.CompilerServices;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Tests;

/// <summary>The pool of the managed device: what is lost comes back, and nothing is given to two buffers.</summary>
public sealed unsafe class MemoryTests
{
    private const int Block = 1 << 20;

    [Fact]
    public void What_a_collection_finds_gone_is_free_when_the_pool_looks_for_it()
    {
        var pool = new MemoryPool(Devices.Managed);
        Lose(pool, 10, Block);
        Assert.Equal(10 * Block, pool.LiveBytes);

        GC.Collect();
        pool.Sweep();

        Assert.Equal((0, 10 * Block), (pool.LiveBytes, pool.PooledBytes));
    }

    // Each thread saw room before any of them had taken it.
    [Fact]
    public void Threads_together_keep_the_limit()
    {
        const int Most = 8;
        for (int round = 0; round < 20; round++)
        {
            var pool = new MemoryPool(Devices.Managed) { Limit = Most * Block };
            var taken = new System.Collections.Concurrent.ConcurrentBag<ManagedBuffer>();
            Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
            {
                try
                {
                    taken.Add(pool.Allocate(Block, out long _));
                }
                catch (MemoryShortageException)
                {
                    // What half of them should get.
                }
            });
            Assert.Equal(Most, taken.Count);
            foreach (ManagedBuffer buffer in taken) buffer.Release();
        }
    }

    [Fact]
    public void A_program_at_rest_keeps_nothing_that_is_gone()
    {
        var pool = new MemoryPool(Devices.Managed);
        for (int round = 0; round < 3; round++)
        {
            Lose(pool, 300, Block);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            Assert.Equal(0, pool.LiveBytes);
            Assert.InRange(pool.PooledBytes, 0, 170L * Block);
        }
    }

    [Fact]
    public void A_released_buffer_that_is_collected_later_does_not_free_its_block_again()
    {
        var pool = new MemoryPool(Devices.Managed);
        Release(pool);
        ManagedBuffer next = pool.Allocate(Block, out _);

        GC.Collect();
        pool.Sweep();

        Assert.Equal((Block, 0), (pool.LiveBytes, pool.PooledBytes));
        GC.KeepAlive(next);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Release(MemoryPool pool) => pool.Allocate(Block, out _).Release();
    }

    [Fact]
    public void An_object_with_a_finaliser_may_read_its_tensor_there()
    {
        var pool = new MemoryPool(Devices.Managed);
        MakeOwner(pool);

        GC.Collect();
        pool.Sweep();
        ManagedBuffer other = pool.Allocate(Block, out _);
        other.Write(0, new byte[] { 99 });
        GC.WaitForPendingFinalizers();

        Assert.Equal(7, Owner.Read);
        GC.Collect();
        pool.Sweep();
        Assert.Equal(Block, pool.LiveBytes);
        GC.KeepAlive(other);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void MakeOwner(MemoryPool pool) => _ = new Owner(pool.Allocate(Block, out _));
    }

    [Fact]
    public void Lost_memory_stays_bounded_whatever_the_size()
    {
        foreach (int bytes in new[] { 100, 5_000, Block, 16 * Block })
        {
            var pool = new MemoryPool(Devices.Managed);
            Lose(pool, Math.Min(200_000, (int)(1500L * Block / bytes)), bytes);
            Assert.InRange(pool.PeakBytes, 1, 700L * Block);
            Assert.InRange(pool.LiveBytes + pool.PooledBytes, 1, 700L * Block);
        }
    }

    [Fact]
    public void A_small_tensor_that_lives_costs_at_most_its_slab()
    {
        var pool = new MemoryPool(Devices.Managed);
        var kept = new List<ManagedBuffer>();
        for (int i = 0; i < 100; i++)
        {
            kept.Add(pool.Allocate(4, out _));
            Lose(pool, 1000, 4);
        }
        GC.Collect();
        pool.Sweep();
        Assert.InRange(pool.LiveBytes, 100 * 32, 102 * 8192);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void A_limit_holds_after_all_that_is_lost_and_free_was_given_up()
    {
        var pool = new MemoryPool(Devices.Managed) { Limit = 10 * Block };
        Lose(pool, 8, Block);
        pool.Allocate(Block / 2, out _).Release();
        ManagedBuffer large = pool.Allocate(9 * Block, out _);
        GraphException error = Assert.ThrowsAny<GraphException>(() => pool.Allocate(2 * Block, out _));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.Contains($"{2 * Block:n0} bytes", error.Message.Replace("2,097,152", $"{2 * Block:n0}", StringComparison.Ordinal), StringComparison.Ordinal);
        large.Release();
        pool.Allocate(10 * Block, out _).Release();
    }

    [Fact]
    public void The_peak_of_a_run_is_what_its_own_thread_takes()
    {
        var pool = new MemoryPool(Devices.Managed);
        ManagedBuffer before = pool.Allocate(Block, out _);
        RunPeak outer = RunPeak.Begin();
        pool.Allocate(3 * Block, out _).Release();
        RunPeak inner = RunPeak.Begin();
        ManagedBuffer first = pool.Allocate(Block, out _), second = pool.Allocate(Block, out _);
        first.Release();
        Assert.Equal(2 * Block, inner.End());
        second.Release();
        before.Release();
        Assert.Equal(3 * Block, outer.End());
    }

    [Fact]
    public void Threads_that_release_lose_and_collect_never_share_a_block()
    {
        var pool = new MemoryPool(Devices.Managed);
        var wrong = new int[4];
        Thread[] threads = [.. Enumerable.Range(0, wrong.Length).Select(number => new Thread(() => wrong[number] = Use(pool, number)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.All(wrong, count => Assert.Equal(0, count));
        GC.Collect();
        pool.Sweep();
        Assert.Equal(0, pool.LiveBytes);

        static int Use(MemoryPool pool, int number)
        {
            int wrong = 0;
            var kept = new Queue<(ManagedBuffer Buffer, byte Mark)>();
            for (int i = 0; i < 20_000; i++)
            {
                ManagedBuffer buffer = pool.Allocate(3000 + i % 3 * 1000, out _);
                byte mark = (byte)(i * 4 + number);
                new Span<byte>(buffer.Start, 600).Fill(mark);
                kept.Enqueue((buffer, mark));
                if (i % 2000 == number) GC.Collect(i % 3);
                if (i % 100 == 0) pool.Sweep();
                if (kept.Count <= 20) continue;
                (ManagedBuffer old, byte expected) = kept.Dequeue();
                if (new ReadOnlySpan<byte>(old.Start, 600).IndexOfAnyExcept(expected) >= 0) wrong++;
                if (i % 2 == 0) old.Release();
                GC.KeepAlive(old);
            }
            return wrong;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lose(MemoryPool pool, int times, int bytes)
    {
        for (int i = 0; i < times; i++) pool.Allocate(bytes, out _);
    }

    private sealed class Owner
    {
        private readonly ManagedBuffer _buffer;

        public Owner(ManagedBuffer buffer)
        {
            _buffer = buffer;
            buffer.Write(0, new byte[] { 7 });
        }

#pragma warning disable MA0055 // This is what the test is about.
        ~Owner()
        {
            var first = new byte[1];
            _buffer.Read(0, first);
            Read = first[0];
        }
#pragma warning restore MA0055

        public static int Read { get; private set; }
    }
}
