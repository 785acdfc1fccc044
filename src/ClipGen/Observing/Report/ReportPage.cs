using System.Globalization;
using System.Text;
using ClipGen.Observing.Recording;

namespace ClipGen.Observing.Report;

/// <summary>The page of a run: one self-contained HTML file with its styles and drawings, without scripts.</summary>
internal static class ReportPage
{
    /// <summary>The maximum number of limits of a model that are drawn. Others appear only in the table.</summary>
    private const int MostDrawnLimits = 16;

    private static readonly (string Name, double Share)[] Quantiles =
        [("smallest", 0), ("10 %", 0.1), ("median", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("largest", 1)];

    internal static string Write(RunRecord run)
    {
        var page = new StringBuilder();
        string name = Html.Escape(run.Name);
        page.Append(
            CultureInfo.InvariantCulture,
            $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                + $"content=\"width=device-width, initial-scale=1\">\n"
            + $"<title>{name}: gradient norms</title>\n<style>\n{ReportStyle.Css}\n</style>\n</head>\n<body>\n<h1>{name}</h1>\n");
        page.Append(
            CultureInfo.InvariantCulture,
            $"<p class=\"soft\">Gradient norms of {Html.Count(run.Steps)} steps, recorded by ClipGen from "
                + $"{run.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC on.</p>\n");
        if (run.Models.Count == 0)
            page.Append("<p>Nothing was clipped while this run was recorded.</p>\n");
        foreach (ModelRecord model in run.Models)
            Append(page, model);
        if (run.LeftOut > 0)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<p>{Html.Count(run.LeftOut)} steps of further models are not shown: a run keeps {RunRecord.MostModels}.</p>\n");
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, ModelRecord model)
    {
        ModelIdentity identity = model.Identity;
        string place = identity is { File: { } file, Member: { } member }
            ? $", clipped in <code>{Html.Escape(member)}</code> of {Html.Escape(file)}"
            : "";
        page.Append(
            CultureInfo.InvariantCulture,
            $"<section>\n<h2><code>{Html.Name(identity.Name)}</code></h2>\n<p>{Html.Count(model.Steps)} steps{place}.");
        if (model.Skipped > 0)
            page.Append(CultureInfo.InvariantCulture, $" {Html.Count(model.Skipped)} had a gradient that was not finite.");
        page.Append("</p>\n");
        for (int i = 0; i < model.Limits.Count; i++)
            Append(page, model, model.Limits[i], isDrawn: i < MostDrawnLimits);

        if (ShareChart.Draw(model) is { Length: > 0 } shares)
        {
            page.Append("<h3>Which gradients make up the norm</h3>\n<figure><figcaption>The share of each gradient in the squared "
                + "norm of all.</figcaption>\n")
                .Append(shares).Append("</figure>\n");
        }

        AppendNonFinite(page, model);
        page.Append("</section>\n");
    }

    private static void Append(StringBuilder page, ModelRecord model, LimitRecord limit, bool isDrawn)
    {
        string owner = limit.Key.Member is { } member ? $"<code>{Html.Name(member)}</code>"
            : limit.Key.Group is { } group ? $"the group “{Html.Escape(group)}”"
            : model.Limits.Count > 1 ? "the other gradients" : "all gradients";
        page.Append(CultureInfo.InvariantCulture, $"<h3>The {limit.Key.NormName} of {owner}</h3>\n");
        LimitRecommendation? recommendation = Recommender.For(model, limit);
        if (recommendation is not null)
        {
            string text = limit.Key.Member is not null || model.Identity.Text is null
                ? recommendation.Attribute
                : $"limit: {Numbers.Text(recommendation.Limit)}";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<div class=\"recommendation\"><pre>{Html.Escape(text)}</pre><p>{Html.Escape(recommendation.Reason)}</p></div>\n");
        }

        AppendQuantiles(page, limit);
        if (!isDrawn || limit.Steps == 0)
            return;
        page.Append("<figure><figcaption><span class=\"line\"></span>norm before clipping <span class=\"line area\"></span>smallest "
            + "to largest");
        if (limit.Timeline.Stride > 1)
            page.Append(CultureInfo.InvariantCulture, $" of {Html.Count(limit.Timeline.Stride)} steps each");
        page.Append(" <span class=\"line dashed\"></span>limit");
        if (limit.NonFinite > 0)
            page.Append(" <span class=\"line mark\"></span>not finite");
        page.Append("</figcaption>\n").Append(LimitCharts.Norms(limit)).Append("</figure>\n");
        page.Append("<figure><figcaption>The smallest factor that gradients were multiplied by; 1 if they were not changed.</figcaption>\n")
            .Append(LimitCharts.Factors(limit)).Append("</figure>\n");
        page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>The share of the steps that were clipped: "
            + $"{Numbers.Percent(limit.ClippedShare)} of all.</figcaption>\n")
            .Append(LimitCharts.Clipped(limit)).Append("</figure>\n");
        if (limit.Norms.Maximum == 0)
            return;
        page.Append("<figure><figcaption>What other limits would have clipped of the recorded norms.</figcaption>\n")
            .Append(LimitCharts.OtherLimits(limit, recommendation?.Limit)).Append("</figure>\n");
    }

    private static void AppendQuantiles(StringBuilder page, LimitRecord limit)
    {
        if (limit.Norms.Count == 0)
            return;
        page.Append("<table><thead><tr>");
        foreach ((string name, _) in Quantiles)
            page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{name}</th>");
        page.Append("</tr></thead><tbody><tr>");
        foreach ((_, double share) in Quantiles)
            page.Append(CultureInfo.InvariantCulture, $"<td>{Numbers.Short(limit.Norms.Quantile(share))}</td>");
        page.Append("</tr></tbody></table>\n");
    }

    private static void AppendNonFinite(StringBuilder page, ModelRecord model)
    {
        List<GradientRecord> broken =
        [
            .. model.Gradients.Where(gradient => gradient.NonFinite > 0).OrderBy(gradient => gradient.FirstNonFinite),
        ];
        if (broken.Count == 0)
            return;
        page.Append("<h3>Gradients that were not finite</h3>\n<table><thead><tr><th scope=\"col\">gradient</th><th scope=\"col\">steps</th>"
            + "<th scope=\"col\">first at step</th></tr></thead><tbody>\n");
        foreach (GradientRecord gradient in broken)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td><code>{Html.Name(gradient.Name)}</code></td>"
                + $"<td>{Html.Count(gradient.NonFinite)}</td><td>{Html.Count(gradient.FirstNonFinite)}</td></tr>\n");
        }

        page.Append("</tbody></table>\n");
    }
}
