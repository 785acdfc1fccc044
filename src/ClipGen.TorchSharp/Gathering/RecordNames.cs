using ClipGen.Numerics;

namespace ClipGen.Torch.Gathering;

/// <summary>The names of all gathered gradients, as the runtime names them, including tied and empty ones.</summary>
internal static class RecordNames
{
    /// <summary>A name for each record.</summary>
    internal static IReadOnlyList<string> Of(GradientBatch batch)
    {
        // One element per visit, so that no gradient is empty and no two are tied.
        long visits = 0;
        foreach (ref readonly GradientRecord record in batch.Records)
            visits += BatchSource.VisitsOf(record);
        IReadOnlyList<string> visited = GradientOperations.Names(new Source(batch, new double[visits]));

        string[] names = new string[batch.Records.Length];
        int next = 0;
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = visited[next];
            next += BatchSource.VisitsOf(batch.Records[i]);
        }

        return names;
    }

    private readonly struct Source(GradientBatch batch, double[] elements) : IGradientSource
    {
        public void VisitGradients<TVisitor>(ref TVisitor visitor)
            where TVisitor : struct, IGradientVisitor
        {
            int next = 0;
            foreach (ref readonly GradientRecord record in batch.Records)
            {
                batch.MoveTo(record, ref visitor);
                if (record.Name is null)
                    visitor.EnterItem(record.Position);
                for (int i = BatchSource.VisitsOf(record); i > 0; i--)
                    visitor.Visit(record.Name ?? "", elements.AsSpan(next++, 1));
                if (record.Name is null)
                    visitor.Leave();
            }

            batch.MoveToEnd(ref visitor);
        }
    }
}
