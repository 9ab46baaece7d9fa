"""Conformance: what every method and learner must hold to, ours and those of plug-ins.

A plug-in's own tests need two lines::

    from imbtool.testing import check_method
    check_method("my_method")
"""

from imbtool.testing.elsewhere import check_elsewhere
from imbtool.testing.learner import check_learner
from imbtool.testing.method import check_method

__all__ = ["check_elsewhere", "check_learner", "check_method"]
