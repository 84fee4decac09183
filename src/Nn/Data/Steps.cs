using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace TensorGraph;

/// <summary>The steps of datasets as C# iterators: each enumeration runs one from its start.</summary>
internal static class Steps
{
    public static IEnumerable<T> Shuffled<T>(IEnumerable<T> elements, int bufferSize, Func<Random> start)
    {
        var random = start();
        var buffer = new List<T>();
        foreach (var element in elements)
        {
            if (buffer.Count < bufferSize)
            {
                buffer.Add(element);
                continue;
            }

            int drawn = random.Next(bufferSize);
            var result = buffer[drawn];
            buffer[drawn] = element;
            yield return result;
        }

        while (buffer.Count > 0)
        {
            int drawn = random.Next(buffer.Count);
            var result = buffer[drawn];
            buffer[drawn] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
            yield return result;
        }
    }

    public static IEnumerable<T> Batched<T>(IEnumerable<T> elements, int size, bool dropRemainder)
    {
        var batch = new List<T>();
        foreach (var element in elements)
        {
            batch.Add(element);
            if (batch.Count < size)
                continue;
            yield return Rows.Stack(batch);
            batch.Clear();
        }

        if (batch.Count > 0 && !dropRemainder)
            yield return Rows.Stack(batch);
    }

    public static IEnumerable<T> Repeated<T>(IEnumerable<T> elements, int? count)
    {
        for (int i = 0; count is null || i < count; i++)
        {
            bool any = false;
            foreach (var element in elements)
            {
                any = true;
                yield return element;
            }

            // Nothing, repeated endlessly, is nothing.
            if (!any)
                yield break;
        }
    }

    public static IEnumerable<T> Prefetched<T>(IEnumerable<T> elements, int capacity)
    {
        using var ready = new BlockingCollection<T>(capacity);
        using var stop = new CancellationTokenSource();
        ExceptionDispatchInfo? failure = null;
        var producer = new Thread(Produce) { IsBackground = true, Name = "TensorGraph prefetch" };
        producer.Start();
        try
        {
            foreach (var element in ready.GetConsumingEnumerable())
                yield return element;
            failure?.Throw();
        }
        finally
        {
            // Also after a break: the source is not touched any more once the loop is left.
            stop.Cancel();
            producer.Join();
        }

        void Produce()
        {
            try
            {
                foreach (var element in elements)
                    ready.Add(element, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The consumer left the loop.
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            finally
            {
                ready.CompleteAdding();
            }
        }
    }
}
