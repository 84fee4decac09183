using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// One call of <see cref="Ops.Einsum"/>: products and sums by the letters of the axes. Operands are joined from the left, each pair by one dot, and
/// a letter is summed as soon as no later operand and not the result has it.
/// </summary>
internal sealed class Einsum
{
    // Axes that an ellipsis stands for, counted from the last.
    private const char Others = '\uE000';

    private readonly string _equation;
    private readonly List<(Tensor Value, string Letters)> _terms = [];
    private readonly string _result;

    public Einsum(string equation, ReadOnlySpan<Tensor> operands)
    {
        _equation = Check.NotNull(equation).Replace(" ", "", StringComparison.Ordinal);
        string[] sides = _equation.Split("->");
        string[] inputs = sides[0].Split(',');
        if (sides.Length > 2 || inputs.Length != operands.Length)
            throw Bad($"{inputs.Length} operands in the equation, {operands.Length} given");
        for (int i = 0; i < inputs.Length; i++)
            _terms.Add((operands[i], LettersOf(inputs[i], Check.NotNull(operands[i]).GraphType)));
        string all = string.Concat(_terms.Select(term => term.Letters)), others = string.Concat(all.Where(IsOther).Distinct().OrderDescending());
        _result = sides.Length == 1
            ? others + string.Concat(all.Where(letter => !IsOther(letter) && all.Count(other => other == letter) == 1).Order())
            : Checked(sides[1]).Replace("...", others, StringComparison.Ordinal);
        if (_result.Distinct().Count() != _result.Length || _result.Except(all).Any())
            throw Bad("each letter of the result is that of an axis, once");
        CheckSizes(all.Distinct());
    }

    public Tensor Run()
    {
        var terms = _terms.Select(term => WithoutOnes(Diagonal(term.Value, term.Letters))).ToArray();
        var (value, letters) = terms[0];
        for (int i = 1; i < terms.Length; i++)
        {
            string later = _result + string.Concat(terms.Skip(i + 1).Select(term => term.Letters));
            var (left, leftLetters) = Summed(value, letters, later + terms[i].Letters);
            var (right, rightLetters) = Summed(terms[i].Value, terms[i].Letters, later + leftLetters);
            char[] shared = [.. leftLetters.Intersect(rightLetters)], batch = [.. shared.Intersect(later)], contracted = [.. shared.Except(later)];
            int[] In(string all, char[] some) => [.. some.Select(letter => all.IndexOf(letter, StringComparison.Ordinal))];
            value = Ops.Dot(left, right, In(leftLetters, contracted), In(rightLetters, contracted), In(leftLetters, batch), In(rightLetters, batch));
            letters = string.Concat([.. batch, .. leftLetters.Except(shared), .. rightLetters.Except(shared)]);
        }

        (value, letters) = Summed(value, letters, _result);
        int[] order = [.. _result.Select(letter => letters.IndexOf(letter, StringComparison.Ordinal))];
        return order.SequenceEqual(Enumerable.Range(0, order.Length)) ? value : Ops.Transpose(value, order);
    }

    private string LettersOf(string input, TensorType type)
    {
        int others = type.Rank - Checked(input).Replace("...", "", StringComparison.Ordinal).Length;
        if (others < 0 || (others > 0 && !input.Contains("...", StringComparison.Ordinal)))
            throw Bad($"'{input}' does not name the axes of {type}");
        return input.Replace("...", string.Concat(Enumerable.Range(0, others).Select(i => (char)(Others + others - 1 - i))), StringComparison.Ordinal);
    }

    private string Checked(string side)
    {
        string letters = side.Replace("...", "", StringComparison.Ordinal);
        return letters.All(char.IsAsciiLetter) && side.Length - letters.Length <= 3 ? side : throw Bad($"'{side}' is not made of letters and one '...'");
    }

    private static bool IsOther(char letter) => letter >= Others;

    // Axes of an ellipsis broadcast, letters do not.
    private void CheckSizes(IEnumerable<char> letters)
    {
        foreach (char letter in letters)
        {
            var sizes = SizesOf(letter).Where(size => size.IsConstant && !(IsOther(letter) && size.Is(1))).Distinct().ToArray();
            if (sizes.Length > 1)
                throw Bad(IsOther(letter) ? $"axes of '...' are {sizes[0]} and {sizes[1]}" : $"'{letter}' is {sizes[0]} and {sizes[1]}");
        }
    }

    private IEnumerable<Dim> SizesOf(char letter) => _terms.SelectMany(term => term.Letters.Index().Where(at => at.Item == letter)
        .Select(at => term.Value.GraphType.Shape[at.Index]));

    private (Tensor Value, string Letters) Diagonal(Tensor value, string letters)
    {
        for (int second = 1; second < letters.Length; second++)
        {
            int first = letters.IndexOf(letters[second], StringComparison.Ordinal);
            if (first == second)
                continue;
            Shape shape = value.GraphType.Shape, square = new([shape[first], shape[second]]);
            Dim[] own = [.. Enumerable.Repeat((Dim)1, shape.Rank)];
            (own[first], own[second]) = (shape[first], shape[second]);
            var isEqual = Ops.Reshape(Ops.Equal(Ops.Positions(square, 0), Ops.Positions(square, 1)), own);
            value = Ops.Sum(Ops.Where(isEqual, value, Ops.ZerosLike(value)), [second]);
            letters = letters.Remove(second--, 1);
        }

        return (value, letters);
    }

    // An axis of size 1 that an ellipsis broadcasts goes with the others.
    private (Tensor Value, string Letters) WithoutOnes((Tensor Value, string Letters) term)
    {
        var (value, letters) = term;
        for (int axis = letters.Length - 1; axis >= 0; axis--)
        {
            if (!IsOther(letters[axis]) || !value.GraphType.Shape[axis].Is(1) || SizesOf(letters[axis]).All(size => size.Is(1)))
                continue;
            value = Ops.Squeeze(value, axis);
            letters = letters.Remove(axis, 1);
        }

        return (value, letters);
    }

    private static (Tensor Value, string Letters) Summed(Tensor value, string letters, string later)
    {
        int[] axes = [.. Enumerable.Range(0, letters.Length).Where(axis => !later.Contains(letters[axis], StringComparison.Ordinal))];
        return axes.Length == 0 ? (value, letters) : (Ops.Sum(value, axes), string.Concat(letters.Where((_, axis) => !axes.Contains(axis))));
    }

    private GraphException Bad(string problem) => new(
        DiagnosticIds.ShapeMismatch, $"einsum: '{_equation}': {problem}",
        "Name the axes of each operand by letters: \"ij,jk->ik\" is a matrix product; '...' stands for all other axes.", SourceSpan.Capture());
}
