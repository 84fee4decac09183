using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>An error of a request: a gRPC status, which also decides the HTTP code, and a text for the client.</summary>
internal sealed class ServingException(StatusCode status, string message, Exception? inner = null) : Exception(Shortened(message), inner)
{
    private const int Longest = 1024;
    private const string Cut = "...TRUNCATED";

    /// <summary>The status.</summary>
    public StatusCode Status { get; } = status;

    public static ServingException Invalid(string message, Exception? inner = null) => new(StatusCode.InvalidArgument, message, inner);

    public static ServingException NotFound(string message) => new(StatusCode.NotFound, message);

    public static ServingException Precondition(string message) => new(StatusCode.FailedPrecondition, message);

    /// <summary>Cuts a text that is too long for a header of a reply.</summary>
    public static string Shortened(string message) => message.Length <= Longest ? message : message[..(Longest - Cut.Length)] + Cut;
}
