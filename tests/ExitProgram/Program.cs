using TensorGraph;

namespace ExitProgram;

/// <summary>Ends in the way that its first argument names, with calls queued and running. <c>ExitTests</c> starts it.</summary>
internal static partial class Program
{
    // Hours of work on any device.
    private const long Endless = 1L << 40;

    private static readonly Variable Count = new(0f);

    private static int Main(string[] arguments)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine("exit");
        Start();
        Console.WriteLine("queued");
        switch (arguments[0])
        {
            case "return":
                return 3;
            case "environment-exit":
                Environment.Exit(4);
                return 1;
            case "exit-in-another-thread":
                new Thread(() => Environment.Exit(5)).Start();
                Mean(64).Sum().ToDouble();
                Thread.Sleep(Timeout.Infinite);
                return 1;
            case "exception-in-another-thread":
                new Thread(() => throw new InvalidOperationException("of the program")) { IsBackground = true }.Start();
                Thread.Sleep(Timeout.Infinite);
                return 1;
            case "waits-in-the-background":
                new Thread(() => Heavy(Mean(64), Endless).ToLiteral()) { IsBackground = true }.Start();
                Thread.Sleep(50);
                return 6;
            case "exit-in-a-host-call":
                Leave(1f);
                return 1;
            case "foreground-thread":
                new Thread(FinishOnAStreamOfItsOwn).Start();
                return 7;
            case "awaits":
                _ = Forever();
                return 8;
            default:
                return 2;
        }
    }

    // A queue that is full, one of another stream, and a call that holds a variable.
    private static void Start()
    {
        Tensor x = Mean(128);
        for (int i = 0; i < 5; i++)
            Heavy(x, Endless);
        var stream = Device.Current.CreateStream();
        using (stream.Use())
            CountUp(x, Endless);
        stream.Wait(Device.Current.Stream.Record());
        using (stream.Use())
            Heavy(x, 10L);
    }

    // The process waits for it.
    private static void FinishOnAStreamOfItsOwn()
    {
        using var stream = Device.Current.CreateStream().Use();
        Console.WriteLine(Heavy(Mean(8), 1000L).Sum().ToDouble());
    }

    private static async Task Forever()
    {
        using var tape = new GradientTape();
        await Heavy(Mean(64), Endless);
        Console.WriteLine("never");
    }

    private static Tensor Mean(int size) => Ops.Ones(size, size) / size;

    [GraphFunction]
    internal static Tensor Heavy(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y;
    }

    [GraphFunction]
    internal static void CountUp(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
        {
            y = Ops.MatMul(y, x);
            Count.Assign(Count + y.Max());
        }
    }

    [GraphFunction]
    internal static void Leave(Tensor x) => Ops.HostCall(_ => Environment.Exit(9), x);
}
