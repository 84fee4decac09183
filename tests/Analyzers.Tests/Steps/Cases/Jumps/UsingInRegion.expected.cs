graph if (x > 3)
{
    using var scale = new Scale(y);
    {
        using var scale = new Scale(y);
        graph if (y > 3)
        {
            result = x * scale.By; set return1;
        }
        else
        {
            rest, skipped by return1
            {
                y = y + scale.By;
            }
        }
    }
}
unless (return1)
{
    result = y; set return1;
}
