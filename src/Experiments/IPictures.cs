namespace TensorGraph.Staleness.Experiments;

/// <summary>Draws the pictures of a report: as SVG here, by a library of plots elsewhere.</summary>
public interface IPictures
{
    /// <summary>End of the files' names, such as <c>png</c>.</summary>
    string Extension { get; }

    /// <summary>Type of the content, such as <c>image/png</c>.</summary>
    string MediaType { get; }

    /// <summary>Lines with bands. Losses are drawn with a logarithmic axis, on which a divergence does not hide the rest.</summary>
    byte[] Curves(string title, string x, string y, IReadOnlyList<Curve> curves);

    /// <summary>Shares of each staleness, one row of bars for each mode.</summary>
    byte[] Histograms(string title, IReadOnlyList<(string Label, double[] Shares)> rows);

    /// <summary>
    /// Numbers as colours, with their values. White are what diverged, which is infinite and says <c>div.</c>, and what is missing: NaN, with a dash.
    /// </summary>
    byte[] HeatMap(string title, string x, string y, string[] columns, string[] rows, double[,] values);

    /// <summary>A bar with its interval for each name; a bar of no height would look like the fastest, so what is not finite says so.</summary>
    byte[] Bars(string title, string y, IReadOnlyList<(string Label, Interval Value)> values);
}
