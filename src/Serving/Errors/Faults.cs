using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace TensorGraph.Serving;

/// <summary>The status that a client sees for an exception. Texts of exceptions that nobody wrote for clients stay in the log.</summary>
internal static class Faults
{
    /// <summary>Sent in place of a text that may tell internals.</summary>
    public const string Hidden = "Internal error: the log of the server has the details.";

    /// <summary>The status and text of an exception.</summary>
    /// <param name="fault">The exception.</param>
    /// <param name="isLate">True when the deadline of the request has passed.</param>
    public static (StatusCode Status, string Text) Of(Exception fault, bool isLate = false) => fault switch
    {
        OperationCanceledException when isLate => (StatusCode.DeadlineExceeded, "Deadline Exceeded"),
        OperationCanceledException => (StatusCode.Cancelled, "Cancelled"),
        ServingException known => (known.Status, known.Message),
        SignatureMismatchException mismatch => (StatusCode.InvalidArgument, ServingException.Shortened(mismatch.Problem)),
        // Sizes, dtypes, indices and values that the graph refuses.
        GraphException { Id: ['T', 'G', '2', ..] or DiagnosticIds.AssertionFailed } graph =>
            (StatusCode.InvalidArgument, ServingException.Shortened(graph.Problem)),
        OutOfMemoryException => (StatusCode.ResourceExhausted, "There is not enough memory for this request."),
        GraphException { Id: DiagnosticIds.OutOfMemory } => (StatusCode.ResourceExhausted, "There is not enough memory for this request."),
        // What a graph function throws for its arguments is meant for its callers.
        ArgumentException { StackTrace: not null } argument when IsOfGraph(argument) =>
            (StatusCode.InvalidArgument, ServingException.Shortened(argument.Message)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCode.InvalidArgument, "The request is larger than the server accepts."),
        BadHttpRequestException => (StatusCode.InvalidArgument, "The body of the request can't be read."),
        InvalidDataException => (StatusCode.InvalidArgument, "The body of the request can't be read."),
        _ => (StatusCode.Internal, Hidden),
    };

    /// <summary>The HTTP code of a status.</summary>
    public static int HttpCode(StatusCode status) => status switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The name of a status in metrics and JSON: <c>INVALID_ARGUMENT</c>.</summary>
    public static string Name(StatusCode status) => status == StatusCode.OK ? "OK"
        : string.Concat($"{status}".Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));

    // The graph's own statement throws from the run time, not from a library below it.
    private static bool IsOfGraph(ArgumentException fault) => fault.TargetSite?.DeclaringType?.Assembly.GetName().Name is { } name
        && name.StartsWith("TensorGraph", StringComparison.Ordinal);
}
