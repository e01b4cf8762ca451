"""Moves every control that is alive in this kernel through its range; exceptions are raised.

The notebook checker runs this text in a notebook's kernel after the last cell.
"""


def _sweep_widgets(most=25):  # noqa: C901 (a branch for each kind of control)
    import sys

    if "ipywidgets" not in sys.modules:
        return
    import ipywidgets
    from ipywidgets.widgets.widget import _instances

    def positions(control):
        """At most `most` values from end to end, or nothing for what is not a control."""
        if isinstance(control, (ipywidgets.IntSlider, ipywidgets.BoundedIntText)):
            values = range(control.min, control.max + 1, max(1, control.step))
        elif isinstance(control, ipywidgets.FloatSlider):
            count = round((control.max - control.min) / control.step)
            values = [control.min + control.step * i for i in range(count)] + [control.max]
        elif isinstance(control, ipywidgets.FloatLogSlider):
            count = round((control.max - control.min) / control.step)
            exponents = [control.min + control.step * i for i in range(count + 1)]
            values = [control.base**exponent for exponent in exponents]
        elif isinstance(control, ipywidgets.widgets.widget_selection._Selection):
            values = [value for _, value in control._options_full]
            return values
        elif isinstance(control, (ipywidgets.Checkbox, ipywidgets.ToggleButton)):
            return [not control.value, control.value]
        else:
            return []
        stride = max(1, -(-len(values) // most))
        return [*values[::stride], values[-1]]

    def sweep_settings(explorer):
        """Move each setting of an explorer that the page draws from end to end, and back."""
        for name, start in explorer.settings.items():
            for value in [*explorer.places(name, most), start]:
                try:
                    setattr(explorer, name, value)
                except Exception as error:
                    error.add_note(f"raised when the setting {name!r} was moved to {value!r}")
                    raise

    for control in list(_instances.values()):
        if hasattr(control, "setting_names"):
            sweep_settings(control)
            continue
        if isinstance(control, ipywidgets.Button):
            control.click()
            continue
        start = getattr(control, "value", None)
        for value in positions(control):
            try:
                control.value = value
            except Exception as error:
                name = control.description or type(control).__name__
                error.add_note(f"raised when the control {name!r} was moved to {value!r}")
                raise
        if positions(control):
            control.value = start


_sweep_widgets()
