using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Argosy.Cli.Output;
using Argosy.Client;

namespace Argosy.Cli.Shell.Editing;

/// <summary>
/// Draws prompt and line on the terminal, over as many rows as they take. What a terminal would obey is shown as an escape. A line that is
/// larger than the window is shown around the cursor.
/// </summary>
internal sealed class LineView
{
    private const int StandardError = 2;
    private readonly Stream _terminal = new DescriptorOutput(StandardError);
    private List<Cell> _drawn = [];
    private int _drawnCursor;

    /// <summary>Draws, in the place of what was drawn last.</summary>
    public void Draw(string prompt, string text, int cursor)
    {
        var (columns, rows) = WindowSize.Now;
        var (cells, cursorCell) = Layout(prompt, text, cursor, columns, rows);
        var output = new StringBuilder();
        Home(output, columns);
        output.Append("\u001b[J");
        foreach (var cell in cells)
            output.Append(cell.Shown);
        var (endRow, endColumn, isFull) = Place(cells, cells.Count, columns);
        // At the right edge a terminal waits with the new row for the next character.
        if (isFull)
            output.Append("\r\n");
        var (row, column, _) = Place(cells, cursorCell, columns);
        if (endRow > row)
            output.Append(CultureInfo.InvariantCulture, $"\u001b[{endRow - row}A");
        if (endRow != row || endColumn != column)
            output.Append('\r').Append(column > 0 ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{column}C") : "");
        (_drawn, _drawnCursor) = (cells, cursorCell);
        Write(output.ToString());
    }

    /// <summary>Leaves what is drawn, and goes below it.</summary>
    public void Leave(string last = "")
    {
        var columns = WindowSize.Now.Columns;
        var (row, _, _) = Place(_drawn, _drawnCursor, columns);
        var (end, column, isFull) = Place(_drawn, _drawn.Count, columns);
        var down = end > row ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{end - row}B") : "";
        var right = column > 0 ? string.Create(CultureInfo.InvariantCulture, $"\r\u001b[{column}C") : "\r";
        _drawn = [];
        _drawnCursor = 0;
        Write(isFull && last.Length == 0 ? $"{down}{right}" : $"{down}{right}{last}\r\n");
    }

    /// <summary>Makes sure that the next line begins at the left: what a command showed last may have had no end of line.</summary>
    public void Begin()
    {
        // A row of blanks fits exactly where the cursor is at its left; elsewhere it goes on in the next row.
        Write($"{new string(' ', WindowSize.Now.Columns)}\r\u001b[K");
    }

    /// <summary>Empties the window.</summary>
    public void Clear()
    {
        _drawn = [];
        _drawnCursor = 0;
        Write("\u001b[H\u001b[2J");
    }

    /// <summary>Writes to the terminal what is safe for it.</summary>
    public void Write(string text)
    {
        try
        {
            _terminal.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The window is gone; reading finds that out too, and ends.
        }
    }

    // Terminals wrap again what they show when their width changes, so the place is that of the new width.
    private void Home(StringBuilder output, int columns)
    {
        var row = Place(_drawn, _drawnCursor, columns).Row;
        output.Append('\r');
        if (row > 0)
            output.Append(CultureInfo.InvariantCulture, $"\u001b[{row}A");
    }

    private static (List<Cell> Cells, int Cursor) Layout(string prompt, string text, int cursor, int columns, int rows)
    {
        var cells = Cells(prompt);
        var head = cells.Count;
        var before = Cells(text[..cursor]);
        var after = Cells(text[cursor..]);
        var room = Math.Max((columns * Math.Max(rows - 1, 1)) - cells.Sum(cell => cell.Width) - 2, 1);
        var (from, to) = (before.Count, 0);
        var taken = 0;
        // As much as there is room for: what is before the cursor first, then what is behind it.
        while (from > 0 && taken + before[from - 1].Width <= room)
            taken += before[--from].Width;
        while (to < after.Count && taken + after[to].Width <= room)
            taken += after[to++].Width;
        cells.AddRange(before.Skip(from));
        var place = head + before.Count - from;
        cells.AddRange(after.Take(to));
        return (cells, place);
    }

    private static List<Cell> Cells(string text)
    {
        var cells = new List<Cell>(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, at, out var rune);
            var piece = text.Substring(at, isWhole ? rune.Utf16SequenceLength : 1);
            at += piece.Length;
            var shown = piece == "\\" ? piece : Terminal.Escape(piece);
            cells.Add(new Cell(shown, Columns.Width(shown)));
        }

        return cells;
    }

    // Where the cursor is before a cell, and whether it waits at the right edge.
    private static (int Row, int Column, bool IsFull) Place(List<Cell> cells, int count, int columns)
    {
        var (row, column) = (0, 0);
        foreach (var cell in CollectionsMarshal.AsSpan(cells)[..count])
        {
            // An escape is several characters, each of which may be the last in its row; a wide character is never cut.
            for (var left = cell.Width; left > 0;)
            {
                var step = cell.Shown.Length > 2 ? 1 : left;
                if (column + step > columns)
                    (row, column) = (row + 1, 0);
                column += step;
                left -= step;
            }
        }

        return column >= columns ? (row + 1, 0, true) : (row, column, false);
    }

    private readonly record struct Cell(string Shown, int Width);
}
